using System.Reflection;
using System.Text;
using Prozchain.Repo.Tests.Surface;

namespace Prozchain.Repo.Tests.Documents;

/// <summary>Each wire format has its page in docs/formats, and docs/formats/README.md lists the pages.</summary>
public sealed class FormatTests
{
    private const string Folder = "docs/formats/";

    private const string Introduction = """
        # Wire formats

        One page for each format; this list is written from the pages by tests/Prozchain.Repo.Tests. Unless a page says otherwise,
        a format starts with a version byte, has one encoding per value, and is refused when bytes are left over; fixed-width
        integers are little-endian; a *varint* is unsigned LEB128 in the fewest bytes, at most 10. Version 0 may change until its
        package's own release; a fixture in the package's tests freezes the bytes meanwhile.

        | format | what it holds |
        |---|---|

        """;

    [Fact]
    public void Formats_Listing_NamesEveryPage()
    {
        var text = new StringBuilder(Introduction);
        foreach (string page in Pages())
        {
            var document = new Markdown(Repository.Read(page));
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"| [{document.Title}]({page[Folder.Length..]}) | {FirstSentence(document.FirstParagraph ?? "")} |\n");
        }
        Approved.Check(Folder + "README.md", text.ToString());
    }

    [Fact]
    public void Formats_EachPage_HasATitleAndAVersion() =>
        Violation.AssertNone(Pages().SelectMany(page => CheckPage(page, Repository.Read(page))));

    [Fact]
    public void Formats_OfEachPackageWithAReader_HaveAPage()
    {
        string pages = string.Join('\n', Pages().Select(Repository.Read));
        Violation.AssertNone(Repository.Libraries
            .Where(library => Repository.Assembly(library).GetExportedTypes().Any(HasReader))
            .Where(library => !pages.Contains(library, StringComparison.Ordinal))
            .Select(library => new Violation("a wire format has a page", $"src/{library}", $"a page in {Folder} that names {library}", "none")));
    }

    [Fact]
    public void CheckPage_BarePage_IsNamed()
    {
        Assert.Equal(2, CheckPage("docs/formats/x.md", "bytes").Count());
        Assert.Empty(CheckPage("docs/formats/x.md", "# X\n\nVersion 0."));
    }

    [Fact]
    public void HasReader_TypeWithTryRead_IsSeen()
    {
        Assert.True(HasReader(typeof(Readable)));
        Assert.False(HasReader(typeof(FormatTests)));
    }

    private static IEnumerable<string> Pages() =>
        Repository.Documents.Where(file => file.StartsWith(Folder, StringComparison.Ordinal) && file != Folder + "README.md");

    private static IEnumerable<Violation> CheckPage(string page, string text)
    {
        if (new Markdown(text).Title is null) yield return new("a format's page has a title", page, "# Title", "none");
        if (!text.Contains("version", StringComparison.OrdinalIgnoreCase)) yield return new("a format has a version", page, "the word version", "none");
    }

    private static bool HasReader(Type type) =>
        type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Any(method => method.Name.StartsWith("TryRead", StringComparison.Ordinal)
                && method.GetParameters().FirstOrDefault()?.ParameterType == typeof(ReadOnlySpan<byte>));

    private static string FirstSentence(string text)
    {
        int end = text.IndexOf(". ", StringComparison.Ordinal);
        return (end < 0 ? text : text[..(end + 1)]).Replace("|", "\\|", StringComparison.Ordinal);
    }

    private static class Readable
    {
        public static bool TryRead(ReadOnlySpan<byte> source, out int value)
        {
            value = source.Length;
            return true;
        }
    }
}
