import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Lists of strings on a pipe: their number, then the length and the UTF-8 bytes of each. */
final class Messages {
  private final DataInputStream in;
  private final DataOutputStream out;

  Messages(InputStream in, OutputStream out) {
    this.in = new DataInputStream(new BufferedInputStream(in, 1 << 16));
    this.out = new DataOutputStream(new BufferedOutputStream(out, 1 << 16));
  }

  /** Returns the next message, null when the other side has closed the pipe. */
  String[] read() throws IOException {
    int count;
    try {
      count = in.readInt();
    } catch (EOFException end) {
      return null;
    }
    String[] message = new String[count];
    for (int i = 0; i < count; i++) {
      message[i] = new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }
    return message;
  }

  void write(List<String> message) throws IOException {
    out.writeInt(message.size());
    for (String text : message) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      out.writeInt(bytes.length);
      out.write(bytes);
    }
    out.flush();
  }
}
