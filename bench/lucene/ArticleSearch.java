import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.LongField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.SortedNumericSelector;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.uhighlight.UnifiedHighlighter;
import org.apache.lucene.store.FSDirectory;

/** Queries to hits: title, date and the best sentence with its matches marked. */
final class ArticleSearch implements Closeable {
  /** One result, in the form in which it is shown. */
  record Hit(String title, String date, String snippet) {}

  private static final String[] FIELDS = {"title", "body"};
  private static final Set<String> SHOWN = Set.of("title", "date");
  private static final Sort NEWEST = new Sort(newest());

  private DirectoryReader reader;
  private IndexSearcher searcher;
  private UnifiedHighlighter highlighter;

  ArticleSearch(Path folder) throws IOException {
    // A prefix is as many clauses as there are words that begin so.
    IndexSearcher.setMaxClauseCount(Integer.MAX_VALUE);
    use(DirectoryReader.open(FSDirectory.open(folder)));
  }

  /** Looks at the newest commit. */
  void refresh() throws IOException {
    DirectoryReader newer = DirectoryReader.openIfChanged(reader);
    if (newer != null) {
      reader.close();
      use(newer);
    }
  }

  private void use(DirectoryReader opened) {
    reader = opened;
    searcher = new IndexSearcher(opened);
    // Queries are asked over and over; what is measured is answering them.
    searcher.setQueryCache(null);
    highlighter =
        UnifiedHighlighter.builder(searcher, ArticleIndex.analyzer())
            .withBreakIterator(() -> BreakIterator.getSentenceInstance(Locale.ROOT))
            .withMaxLength(Integer.MAX_VALUE - 1)
            .build();
  }

  List<Hit> search(Query query, boolean newestFirst, int offset, int limit) throws IOException {
    // Rewritten, a prefix is its words, whose offsets the highlighter finds in the postings.
    Query rewritten = searcher.rewrite(query);
    int wanted = offset + limit;
    TopDocs found =
        newestFirst
            ? searcher.search(rewritten, wanted, NEWEST)
            : searcher.search(rewritten, wanted);
    int from = Math.min(offset, found.scoreDocs.length);
    ScoreDoc[] page = new ScoreDoc[found.scoreDocs.length - from];
    System.arraycopy(found.scoreDocs, from, page, 0, page.length);
    String[] snippets =
        highlighter.highlight("body", rewritten, new TopDocs(found.totalHits, page), 1);
    StoredFields stored = searcher.storedFields();
    List<Hit> hits = new ArrayList<>(page.length);
    for (int i = 0; i < page.length; i++) {
      Document document = stored.document(page[i].doc, SHOWN);
      String date = document.get("date");
      String snippet = snippets[i] == null ? "" : together(snippets[i]);
      hits.add(new Hit(together(document.get("title")), date == null ? "" : date, snippet));
    }
    return hits;
  }

  int count(Query query) throws IOException {
    return searcher.count(query);
  }

  /** Makes a query of its form, its words, seconds since 1970 or "" twice, and a category or "". */
  static Query query(String form, String[] words, String since, String until, String category) {
    Query text =
        switch (form) {
          case "prefix" -> inEitherField(words, ArticleSearch::prefix);
          case "literal" -> inEitherField(words, PhraseQuery::new);
          case "any" -> each(words, Occur.SHOULD);
          default -> each(words, Occur.MUST);
        };
    if (since.isEmpty() && category.isEmpty()) {
      return text;
    }
    BooleanQuery.Builder all = new BooleanQuery.Builder().add(text, Occur.MUST);
    if (!since.isEmpty()) {
      long first = Long.parseLong(since);
      all.add(LongField.newRangeQuery("date", first, Long.parseLong(until)), Occur.FILTER);
    }
    if (!category.isEmpty()) {
      all.add(new TermQuery(new Term("category", category)), Occur.FILTER);
    }
    return all.build();
  }

  private interface InField {
    Query query(String field, String[] words);
  }

  private static Query each(String[] words, Occur occur) {
    BooleanQuery.Builder all = new BooleanQuery.Builder();
    for (String word : words) {
      all.add(
          inEitherField(
              new String[] {word}, (field, one) -> new TermQuery(new Term(field, one[0]))),
          occur);
    }
    return all.build();
  }

  private static Query inEitherField(String[] words, InField maker) {
    BooleanQuery.Builder either = new BooleanQuery.Builder();
    for (String field : FIELDS) {
      either.add(maker.query(field, words), Occur.SHOULD);
    }
    return either.build();
  }

  private static Query prefix(String field, String[] words) {
    // Scored, as the other engines do.
    return new PrefixQuery(new Term(field, words[0]), PrefixQuery.SCORING_BOOLEAN_REWRITE);
  }

  private static SortField newest() {
    SortField date = LongField.newSortField("date", true, SortedNumericSelector.Type.MAX);
    date.setMissingValue(Long.MIN_VALUE); // articles without a date come last
    return date;
  }

  private static String together(String text) {
    return text.replace("\t", "");
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
