using System.Buffers.Binary;
using Prozchain.Benchmarks.Quick;
using Prozchain.Rollups.Ports;

namespace Prozchain.Benchmarks.Rollups;

/// <summary>The sequencer end to end, and derivation of what it made, by scheme; and what of it the signatures are.</summary>
internal static class SequencerRows
{
    private const string Area = "Rollups";

    private static readonly Lazy<SequencerLoad>
        s_ed25519 = new(() => new SequencerLoad(static i => new Ed25519Signer(Seed(i)), static () => new Ed25519Verifier())),
        s_p256 = new(() => new SequencerLoad(static i => new P256Signer(Seed(i)), static () => new P256Verifier(1 << 16))),
        s_none = new(() => new SequencerLoad(null, static () => new NoSignatures()));

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        Rate("sequencer, payments with Ed25519 to encoded batch and root", () => s_ed25519.Value.Sequence(), 50_000),
        Rate("sequencer, payments with P-256 to encoded batch and root, keys imported before", () => s_p256.Value.Sequence(), 35_000),
        Rate("sequencer, payments without signatures to encoded batch and root", () => s_none.Value.Sequence(), 500_000),
        Rate("sequencer, the check of Ed25519 signatures in it", () => s_ed25519.Value.Check()),
        Rate("sequencer, the check of P-256 signatures in it, keys imported before", () => s_p256.Value.Check()),
        Rate("derivation, source to root, Ed25519 signatures on one core", () => s_ed25519.Value.Derive()),
        Rate("derivation, source to root, without signatures", () => s_none.Value.Derive(), 500_000),
    ];

    private static QuickRow Rate(string name, Func<QuickBody> prepare, double? floor = null) => QuickRow.Rate(Area, name, "tx/s", prepare) with
    {
        Against = Yardstick.Registers,
        FromYardstick = Steps.PerSecond,
        Floor = floor is { } least ? new Goal(GoalOf.Value, least) : null,
    };

    private static byte[] Seed(int number)
    {
        var seed = new byte[32];
        BinaryPrimitives.WriteInt32LittleEndian(seed, number + 1);
        return seed;
    }
}
