using Prozchain.Testing;

namespace Prozchain.Rollups.Zk.Tests.Proving;

/// <summary>A page of docs of which some parts are generated: each stands between lines that name it, and is compared, or written anew with PROZCHAIN_APPROVE=1.</summary>
internal sealed class GeneratedPage(string name)
{
    private static readonly Lock s_writing = new();

    private string Path => System.IO.Path.Combine(RepositoryRoot.Path, "docs", name);

    public string[] Lines => File.ReadAllLines(Path);

    /// <summary>Compares a part with its generated lines, or replaces it.</summary>
    public void Check(string part, IEnumerable<string> generated) => Check(part, _ => generated);

    /// <summary>As the other, of lines that keep something of those that stand there.</summary>
    public void Check(string part, Func<IReadOnlyList<string>, IEnumerable<string>> generate)
    {
        lock (s_writing)
        {
            List<string> lines = [.. Lines];
            int start = lines.IndexOf($"<!-- {part} -->"), end = start < 0 ? -1 : lines.IndexOf("<!-- end -->", start);
            Assert.True(end > start, $"Expected lines <!-- {part} --> and <!-- end --> in {name}.");
            List<string> said = lines[(start + 1)..end];
            string[] generated = [.. generate(said)];
            if (!TestSettings.IsApproving)
            {
                Assert.True(said.SequenceEqual(generated), $"{name}, {part}: approve with PROZCHAIN_APPROVE=1.\n- {string.Join("\n- ", said.Except(generated))}\n+ {string.Join("\n+ ", generated.Except(said))}");
                return;
            }
            lines.RemoveRange(start + 1, said.Count);
            lines.InsertRange(start + 1, generated);
            File.WriteAllLines(Path, lines);
        }
    }

    /// <summary>The lines below a heading of the third level, up to the next heading.</summary>
    public string[] Section(string heading)
    {
        string[] lines = Lines;
        int start = Array.IndexOf(lines, $"### {heading}");
        Assert.True(start >= 0, $"Expected a section {heading} in {name}.");
        return [.. lines[(start + 1)..].TakeWhile(line => !line.StartsWith('#'))];
    }

    /// <summary>The cells of the first table below a head, without the head.</summary>
    public static string[][] Table(IReadOnlyList<string> lines, string head)
    {
        int start = lines.TakeWhile(line => !line.StartsWith(head, StringComparison.Ordinal)).Count();
        return [.. lines.Skip(start + 2).TakeWhile(line => line.StartsWith('|')).Select(line => line.Trim('|').Split(" | ", StringSplitOptions.TrimEntries).Select(cell => cell.Trim('|', ' ')).ToArray())];
    }
}
