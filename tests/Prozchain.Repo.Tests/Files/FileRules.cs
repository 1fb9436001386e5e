using System.Text.RegularExpressions;

namespace Prozchain.Repo.Tests.Files;

/// <summary>Lengths, folders and namespaces of source files.</summary>
internal static partial class FileRules
{
    public const int MaxLines = 300;
    public const int MaxKernelLines = 500;
    public const int MaxMedian = 150;

    /// <summary>A file holds one purpose. <paramref name="kernels"/> are the paths that eng/kernels.txt names.</summary>
    public static IEnumerable<Violation> CheckLength(string file, int lines, IReadOnlyCollection<string> kernels)
    {
        if (file.EndsWith(".g.cs", StringComparison.Ordinal)) yield break;
        int limit = kernels.Contains(file) ? MaxKernelLines : MaxLines;
        if (lines > limit)
            yield return new("a file holds one purpose", file, $"at most {limit} lines ({MaxKernelLines} for a kernel named in eng/kernels.txt)", $"{lines}");
    }

    /// <summary>The median file of a package is short.</summary>
    public static IEnumerable<Violation> CheckMedian(string package, IEnumerable<int> lengths)
    {
        int[] sorted = [.. lengths.Order()];
        if (sorted.Length > 0 && sorted[sorted.Length / 2] > MaxMedian)
            yield return new("the median of a package's files is short", $"src/{package}", $"at most {MaxMedian} lines", $"{sorted[sorted.Length / 2]}");
    }

    /// <summary>Namespace = package plus at most one folder, and the folder is where the file lies.</summary>
    public static IEnumerable<Violation> CheckNamespace(string file, string source)
    {
        string[] parts = file.Split('/');
        string package = parts[1];
        if (parts.Length > 4)
        {
            yield return new("a package's folders are one deep", file, $"src/{package}/Folder/File.cs", file);
            yield break;
        }
        string expected = package == "Shared" ? "Prozchain.Shared" : parts.Length == 4 ? $"{package}.{parts[2]}" : package;
        string[] declared = [.. NamespaceDeclaration().Matches(source).Select(match => match.Groups[1].Value).Distinct()];
        // A file of assembly attributes or global usings declares none.
        if (declared.Length == 0 && !TypeDeclaration().IsMatch(source)) yield break;
        if (declared.Length != 1 || declared[0] != expected)
            yield return new("namespace = package plus at most one folder", file, expected, declared.Length == 0 ? "none" : string.Join(", ", declared));
    }

    /// <summary>Linked source is internal: no public type at the top level.</summary>
    public static IEnumerable<Violation> CheckShared(string file, string source)
    {
        foreach (Match match in PublicTopLevelType().Matches(source))
            yield return new("linked source is internal", file, "internal", match.Value.Trim());
    }

    [GeneratedRegex(@"^\s*namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex NamespaceDeclaration();

    [GeneratedRegex(@"\b(class|struct|interface|enum|record|delegate)\s+\w+")]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"^public\s+[\w\s<>]*\b(class|struct|interface|enum|record|delegate)\b.*$", RegexOptions.Multiline)]
    private static partial Regex PublicTopLevelType();
}
