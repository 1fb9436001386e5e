using Prozchain.Benchmarks.Quick;
using Prozchain.Rollups;
using Prozchain.Rollups.Disputes;

namespace Prozchain.Benchmarks.Rollups;

/// <summary>Claims over the intermediate roots of a batch, and how long disputes about them last at worst: 2^20 claims, no censorship of honest parties or a week of it.</summary>
internal static class DisputeRows
{
    private const string Area = "Rollups";
    private const int Height = 16;

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        QuickRow.Rate(Area, "claim over 65,536 intermediate roots", "tx/s", Build) with { Against = Yardstick.Registers, FromYardstick = Steps.PerSecond },
        QuickRow.Figure(Area, "dispute of 2^20 claims, rounds at worst", "rounds", Better.Lower, () => TournamentBounds.RoundsWithCensorship(TournamentParameters.Dave, 1 << 20)) with
        {
            Peer = new Peer("Dave, table 2") { Value = 67 },
        },
        QuickRow.Figure(Area, "dispute of 2^20 claims, all rounds", "days", Better.Lower, () => TournamentBounds.Delay(TournamentParameters.Dave, 1 << 20) / 86_400.0) with
        {
            Peer = new Peer("Dave, table 2") { Value = 35.25 },
        },
    ];

    private static QuickBody Build()
    {
        var roots = new Digest32[1 << Height];
        for (int i = 0; i < roots.Length; i++) roots[i] = new Digest32(Seeded.Bytes(Digest32.Size, i));
        Digest32 last = default;
        return new QuickBody(
            () =>
            {
                last = new ClaimTree(Height, roots).Claim.Root;
                if (last == default) throw new InvalidOperationException("Expected a root, got none.");
            },
            roots.Length);
    }
}
