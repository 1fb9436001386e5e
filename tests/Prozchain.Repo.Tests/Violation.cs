using System.Text;

namespace Prozchain.Repo.Tests;

/// <summary>A place where a house rule is broken.</summary>
internal sealed record Violation(string Rule, string Where, string Expected, string Got)
{
    /// <summary>Fails the calling test, naming every violation.</summary>
    public static void AssertNone(IEnumerable<Violation> violations)
    {
        Violation[] all = [.. violations];
        if (all.Length == 0) return;
        var text = new StringBuilder().AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"{all.Length} broken rule(s):");
        foreach (Violation v in all)
            text.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"  {v.Where}\n    rule: {v.Rule}\n    expected: {v.Expected}\n    got: {v.Got}");
        Assert.Fail(text.ToString());
    }
}
