using Prozchain.AI.Codec;
using Prozchain.Benchmarks.Quick;

namespace Prozchain.Benchmarks.AI;

/// <summary>The stripe code on one thread, and the model vault.</summary>
internal static class AIRows
{
    private const string Area = "AI";
    private const int ModelBytes = 64 << 20;

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        QuickRow.Rate(Area, "stripe code 16+8 x 64 KiB, encode", "GB/s", Encode) with { Against = Yardstick.Memcpy },
        QuickRow.Rate(Area, "stripe code 16+8 x 64 KiB, 8 data pieces lost, reconstruct", "GB/s", Reconstruct) with { Against = Yardstick.Memcpy },
        .. VaultRows.All,
        .. DeltaRows.All,
    ];

    private static QuickBody Encode()
    {
        (StripeCode code, byte[] data, byte[] parity) = Stripe();
        return new QuickBody(() => code.Encode(data, parity), data.Length * 1e-9);
    }

    private static QuickBody Reconstruct()
    {
        (StripeCode code, byte[] data, byte[] parity) = Stripe();
        code.Encode(data, parity);
        bool[] present = new bool[code.TotalPieces];
        present.AsSpan(code.ParityPieces).Fill(true);
        void Run()
        {
            if (!code.TryReconstruct(data, parity, present)) throw new InvalidOperationException("Expected a restored stripe, got too few pieces.");
        }
        return new QuickBody(Run, data.Length * 1e-9);
    }

    private static (StripeCode Code, byte[] Data, byte[] Parity) Stripe()
    {
        const int Piece = 64 << 10;
        var code = new StripeCode();
        return (code, Seeded.Bytes(code.DataPieces * Piece, 1), new byte[code.ParityPieces * Piece]);
    }
}
