namespace Prozchain.Repo.Tests.Documents;

/// <summary>Finds links that lead nowhere. Addresses of other hosts are not visited.</summary>
internal static class LinkRules
{
    /// <param name="file">The document, as a path from the root.</param>
    /// <param name="text">Its Markdown.</param>
    /// <param name="exists">Whether a path from the root is a file or folder of the repository.</param>
    /// <param name="read">Reads another document of the repository.</param>
    public static IEnumerable<Violation> Check(string file, string text, Func<string, bool> exists, Func<string, string> read)
    {
        var document = new Markdown(text);
        foreach ((string url, int line) in document.Links)
        {
            if (url.Contains("://", StringComparison.Ordinal) || url.StartsWith("mailto:", StringComparison.Ordinal)) continue;
            string where = $"{file}:{line}";
            string[] parts = url.Split('#', 2);
            string? target = parts[0].Length == 0 ? file : Resolve(file, Uri.UnescapeDataString(parts[0]));
            if (target is null)
            {
                yield return new("a link stays in the repository", where, "a path within", url);
                continue;
            }
            if (!exists(target))
            {
                yield return new("a link leads to a file", where, target, "no such file");
                continue;
            }
            if (parts.Length == 1 || !target.EndsWith(".md", StringComparison.Ordinal)) continue;
            Markdown linked = target == file ? document : new Markdown(read(target));
            if (!linked.Anchors.Contains(parts[1]))
                yield return new("a link leads to a heading", where, $"one of {string.Join(", ", linked.Anchors)}", "#" + parts[1]);
        }
    }

    private static string? Resolve(string file, string relative)
    {
        var parts = new List<string>(relative.StartsWith('/') ? [] : file.Split('/')[..^1]);
        foreach (string part in relative.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".") continue;
            if (part != "..")
            {
                parts.Add(part);
                continue;
            }
            if (parts.Count == 0) return null;
            parts.RemoveAt(parts.Count - 1);
        }
        return string.Join('/', parts);
    }
}
