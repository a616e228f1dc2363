import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.util.CharTokenizer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.LongField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.store.FSDirectory;

/** The fields of an article, and the writer that fills them. */
final class ArticleIndex implements Closeable {
  private static final double BUFFER_MB = 128; // what tantivy's writer has by default
  private static final FieldType TEXT = new FieldType(TextField.TYPE_STORED);

  static {
    // With offsets in the postings the highlighter need not analyse a text again.
    TEXT.setIndexOptions(IndexOptions.DOCS_AND_FREQS_AND_POSITIONS_AND_OFFSETS);
    TEXT.freeze();
  }

  private final IndexWriter writer;

  ArticleIndex(Path folder) throws IOException {
    IndexWriterConfig settings = new IndexWriterConfig(analyzer()).setRAMBufferSizeMB(BUFFER_MB);
    writer = new IndexWriter(FSDirectory.open(folder), settings);
  }

  /**
   * Splits where there is no letter or digit: at the tabs between the words, and at punctuation, as
   * the tokenizer of the tantivy peer does.
   */
  static Analyzer analyzer() {
    return new Analyzer() {
      @Override
      protected TokenStreamComponents createComponents(String field) {
        Tokenizer words = CharTokenizer.fromTokenCharPredicate(Character::isLetterOrDigit);
        return new TokenStreamComponents(words, new LowerCaseFilter(words));
      }
    };
  }

  /** Takes id, title, body, seconds since 1970 or "", then categories, after the command's name. */
  static Document document(String[] message) {
    Document made = new Document();
    made.add(new StringField("id", message[1], Field.Store.NO));
    made.add(new Field("title", message[2], TEXT));
    made.add(new Field("body", message[3], TEXT));
    if (!message[4].isEmpty()) {
      made.add(new LongField("date", Long.parseLong(message[4]), Field.Store.YES));
    }
    for (int i = 5; i < message.length; i++) {
      made.add(new StringField("category", message[i], Field.Store.NO));
    }
    return made;
  }

  void add(String[] message) throws IOException {
    writer.addDocument(document(message));
  }

  void replace(String[] message) throws IOException {
    writer.updateDocument(new Term("id", message[1]), document(message));
  }

  /** Commits, and waits for the merges that are running. */
  @Override
  public void close() throws IOException {
    writer.close();
    writer.getDirectory().close();
  }
}
