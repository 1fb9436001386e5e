using System.Globalization;
using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Committees;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Committees;

/// <summary>Every number of docs/security.md, section Sharding, computed again.</summary>
public class SecurityPageTests
{
    private const int Slots = 64, Grace = 1;

    private static readonly SecurityBudget s_budget = new() { AdversaryShare = 0.1, MaxHaltsPerYear = 1e-6, MaxForgeriesPerYear = 1e-6 };

    [Fact]
    public void Page_Capture_IsWhatTheModelSays() => Check("Seats | f + 1", 18, row =>
    {
        int seats = Whole(row[0]);
        double share = Number(row[2]), draws = s_budget.DrawsPerYear;
        CaptureModel model = CaptureModel.Binomial(seats, share);
        int halt = CaptureModel.ThresholdOf(CaptureEvent.Halt, seats);
        return [
            row[0], $"{halt}", row[2], Scientific(model.Halt), Math.Round(model.Log2AtLeast(CaptureModel.ThresholdOf(CaptureEvent.Forge, seats))).ToString(CultureInfo.InvariantCulture),
            Scientific((s_budget with { AdversaryShare = share }).PerYear(CaptureEvent.Halt, seats)),
            Scientific(draws * RevealBias.BestOf(model.Halt, share, Slots, Grace)), Scientific(draws * model.AtLeast(halt - seats / 20))];
    });

    [Fact]
    public void Page_TolerableShare_IsWhatTheBudgetSays() => Check("Seats | 64 shards", 5, row =>
    {
        int seats = Whole(row[0]);
        return [row[0], Share(s_budget.TolerableShare(seats)), Share((s_budget with { Shards = 1024 }).TolerableShare(seats)), Share((s_budget with { GrindableReveals = 8 }).TolerableShare(seats)), Share(Corrupted(seats))];
    });

    [Fact]
    public void Page_Sizes_AreWhatSizingSays() => Check("Share | smallest", 6, row =>
    {
        double share = Number(row[0]);
        return [
            row[0], $"{CaptureSizing.SmallestCommittee(share, CaptureEvent.Halt, Math.ScaleB(1, -40))?.ToString(CultureInfo.InvariantCulture) ?? "none"}", $"{CaptureSizing.SmallestCommittee(share, CaptureEvent.Forge, Math.ScaleB(1, -40))}",
            $"{RevealBias.GrindableBits(share, Slots, Grace, 20)}", $"{RevealBias.GrindableBits(share, Slots, Grace, 40)}", RevealBias.Amplification(share, Slots, Grace).ToString("0.00", CultureInfo.InvariantCulture)];
    });

    // The largest share that is borne if the adversary has one seat of twenty more than it drew.
    private static double Corrupted(int seats)
    {
        double borne = 0, tooMuch = 1.0 / 3;
        while (tooMuch - borne > 1e-6)
        {
            double middle = (borne + tooMuch) / 2;
            double perYear = s_budget.DrawsPerYear * CaptureModel.Binomial(seats, middle).AtLeast(CaptureModel.ThresholdOf(CaptureEvent.Halt, seats) - seats / 20);
            if (perYear <= s_budget.MaxHaltsPerYear) borne = middle; else tooMuch = middle;
        }
        return borne;
    }

    private static void Check(string head, int count, Func<string[], string[]> compute)
    {
        string page = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "security.md"));
        string[] lines = page[page.IndexOf("\n## Sharding\n", StringComparison.Ordinal)..].Split('\n');
        int at = Array.FindIndex(lines, line => line.StartsWith("| " + head, StringComparison.Ordinal));
        Assert.True(at >= 0, $"Expected a table that begins with {head}.");
        string[][] rows = [.. lines[(at + 2)..].TakeWhile(line => line.StartsWith('|')).Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries))];
        Assert.Equal(count, rows.Length);
        Assert.All(rows, row => Assert.Equal(string.Join(" | ", compute(row)), string.Join(" | ", row)));
    }

    private static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static string Scientific(double value) => value.ToString("0.00e+0", CultureInfo.InvariantCulture);

    private static string Share(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}
