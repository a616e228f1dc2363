import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.search.Query;

/**
 * Answers the commands of bench/engines/lucene_words.py on standard input.
 *
 * <p>The first two strings of an answer are the nanoseconds that it took and the processor's
 * nanoseconds of this thread, between the command as strings and the hits as strings: reading and
 * writing the pipe is outside. An answer to something that went wrong is one string.
 */
public final class LucenePeer {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private Path folder;
  private ArticleIndex index;
  private ArticleSearch search;

  public static void main(String[] arguments) throws IOException {
    Messages pipe = new Messages(System.in, System.out);
    LucenePeer peer = new LucenePeer();
    // Adding is not answered, so that building does not wait for the pipe; its time is summed.
    long wall = 0;
    long processor = 0;
    for (String[] command = pipe.read(); command != null; command = pipe.read()) {
      List<String> answer = new ArrayList<>(List.of("", ""));
      try {
        long processorStart = THREADS.getCurrentThreadCpuTime();
        long start = System.nanoTime();
        peer.obey(command, answer);
        wall += System.nanoTime() - start;
        processor += THREADS.getCurrentThreadCpuTime() - processorStart;
      } catch (IOException | RuntimeException problem) {
        answer = List.of(problem.toString());
      }
      if (command[0].equals("add") && answer.size() > 1) {
        continue;
      }
      if (answer.size() > 1) {
        answer.set(0, Long.toString(wall));
        answer.set(1, Long.toString(processor));
      }
      wall = 0;
      processor = 0;
      pipe.write(answer);
    }
  }

  private void obey(String[] command, List<String> answer) throws IOException {
    switch (command[0]) {
      case "build" -> index = new ArticleIndex(Path.of(command[1]));
      case "add" -> index.add(command);
      case "finish" -> index.close();
      case "open" -> {
        folder = Path.of(command[1]);
        search = new ArticleSearch(folder);
      }
      case "replace" -> {
        // A writer for this article alone, as with the other engines.
        try (ArticleIndex opened = new ArticleIndex(folder)) {
          opened.replace(command);
        }
        search.refresh();
      }
      case "count" -> answer.add(Integer.toString(search.count(query(command))));
      case "search" -> {
        boolean newestFirst = !command[6].isEmpty();
        int offset = Integer.parseInt(command[7]);
        int limit = Integer.parseInt(command[8]);
        for (ArticleSearch.Hit hit : search.search(query(command), newestFirst, offset, limit)) {
          answer.add(hit.title());
          answer.add(hit.date());
          answer.add(hit.snippet());
        }
      }
      default -> throw new IllegalArgumentException("unknown command " + command[0]);
    }
  }

  private static Query query(String[] command) {
    String[] words = command[2].split(" ");
    return ArticleSearch.query(command[1], words, command[3], command[4], command[5]);
  }
}
