using System.Text;

namespace Prozchain.Repo.Tests.Surface;

/// <summary>What changed between two texts, line by line.</summary>
internal static class TextDiff
{
    /// <summary>Removed lines with "-", added lines with "+", unchanged ones left out; empty when the texts are equal.</summary>
    public static string Of(string expected, string got)
    {
        string[] a = expected.ReplaceLineEndings("\n").Split('\n'), b = got.ReplaceLineEndings("\n").Split('\n');
        int[,] common = new int[a.Length + 1, b.Length + 1];
        for (int i = a.Length - 1; i >= 0; i--)
            for (int j = b.Length - 1; j >= 0; j--)
                common[i, j] = a[i] == b[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        var text = new StringBuilder();
        for (int i = 0, j = 0; i < a.Length || j < b.Length;)
        {
            if (i < a.Length && j < b.Length && a[i] == b[j]) (i, j) = (i + 1, j + 1);
            else if (j == b.Length || (i < a.Length && common[i + 1, j] >= common[i, j + 1])) text.Append("- ").Append(a[i++]).Append('\n');
            else text.Append("+ ").Append(b[j++]).Append('\n');
        }
        return text.ToString();
    }
}
