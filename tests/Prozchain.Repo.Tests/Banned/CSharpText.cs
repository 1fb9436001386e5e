using System.Text;

namespace Prozchain.Repo.Tests.Banned;

/// <summary>Source without its comments and literals, so that words in them are not taken for calls.</summary>
internal static class CSharpText
{
    /// <summary>The same text with each comment, string and character literal blanked, line breaks kept.</summary>
    public static string CodeOnly(string source)
    {
        var code = new StringBuilder(source.Length);
        for (int at = 0; at < source.Length;)
        {
            int end = LiteralEnd(source, at);
            if (end == at)
            {
                code.Append(source[at++]);
                continue;
            }
            for (; at < end; at++) code.Append(source[at] == '\n' ? '\n' : ' ');
        }
        return code.ToString();
    }

    /// <summary>The end of the comment or literal that starts at <paramref name="at"/>, or <paramref name="at"/> when none does.</summary>
    private static int LiteralEnd(string s, int at)
    {
        ReadOnlySpan<char> rest = s.AsSpan(at);
        if (rest.StartsWith("//")) return After(s, at, "\n", keep: 1);
        if (rest.StartsWith("/*")) return After(s, at + 2, "*/");
        int quote = at;
        while (quote < s.Length && s[quote] is '$' or '@') quote++;
        if (quote >= s.Length) return at;
        if (s[quote] == '"')
        {
            int run = 0;
            while (quote + run < s.Length && s[quote + run] == '"') run++;
            if (run >= 3) return After(s, quote + run, new string('"', run));
            return s.AsSpan(at, quote - at).Contains('@') ? VerbatimEnd(s, quote + 1) : EscapedEnd(s, quote, '"');
        }
        return quote == at && s[at] == '\'' ? EscapedEnd(s, at, '\'') : at;
    }

    private static int After(string s, int from, string mark, int keep = 0)
    {
        int found = s.IndexOf(mark, Math.Min(from, s.Length), StringComparison.Ordinal);
        return found < 0 ? s.Length : found + mark.Length - keep;
    }

    private static int EscapedEnd(string s, int open, char quote)
    {
        for (int i = open + 1; i < s.Length; i++)
        {
            if (s[i] == '\\') i++;
            else if (s[i] == quote) return i + 1;
            else if (s[i] == '\n') return i;
        }
        return s.Length;
    }

    private static int VerbatimEnd(string s, int from)
    {
        for (int i = from; i < s.Length; i++)
        {
            if (s[i] != '"') continue;
            if (i + 1 < s.Length && s[i + 1] == '"') i++;
            else return i + 1;
        }
        return s.Length;
    }
}
