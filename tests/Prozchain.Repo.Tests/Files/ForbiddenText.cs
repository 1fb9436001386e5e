using System.Text.RegularExpressions;

namespace Prozchain.Repo.Tests.Files;

/// <summary>What no tracked file may say. The words are put together here, or this file would break its own rule.</summary>
internal static class ForbiddenText
{
    private static readonly (string Rule, Regex Pattern)[] s_rules =
    [
        ("no file names a path of one machine", new Regex(@"(?<![\w./-])/(work|root|tmp|home/\w+)/")),
        ("no file names a registry's host", new Regex(@"\b(nuget|npmjs|pypi|crates)\." + @"(org|io)\b|\bproxy\.golang\b", RegexOptions.IgnoreCase)),
        ("nothing is left for later", new Regex(@"\b(TO" + @"DO|FIX" + @"ME|HA" + @"CK|XX" + @"X)\b")),
        ("nothing is a stub", new Regex("NotImplemented" + "Exception")),
    ];

    public static IEnumerable<Violation> Check(string file, string text)
    {
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
            foreach ((string rule, Regex pattern) in s_rules)
                if (pattern.Match(lines[i]) is { Success: true } match)
                    yield return new(rule, $"{file}:{i + 1}", "another wording", match.Value);
    }
}
