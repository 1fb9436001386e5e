using Prozchain.AI.Codec;
using Prozchain.AI.Ports;
using Prozchain.AI.Vault;
using Prozchain.Benchmarks.Quick;

namespace Prozchain.Benchmarks.AI;

/// <summary>The model vault at its default parameters, 16 + 8 pieces, on one thread; the floors are those of its issue for a file of 10 GB.</summary>
internal static class AIRows
{
    private const string Area = "AI";
    private const int ModelBytes = 64 << 20;

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        QuickRow.Rate(Area, "stripe code 16+8 x 64 KiB, encode", "GB/s", Encode) with { Against = Yardstick.Memcpy },
        QuickRow.Rate(Area, "stripe code 16+8 x 64 KiB, 8 data pieces lost, reconstruct", "GB/s", Reconstruct) with { Against = Yardstick.Memcpy },
        QuickRow.Rate(Area, "store (code, 16+8, hash), 64 MiB, memory", "GB/s", Store) with
        {
            Against = Yardstick.Sha256,
            Floor = new Goal(GoalOf.Value, 0.5),
            Aim = new Goal(GoalOf.Value, 1.7),
        },
        QuickRow.Rate(Area, "load, verify, decode, 64 MiB, memory, nothing lost", "GB/s", Load) with
        {
            Against = Yardstick.Sha256,
            Floor = new Goal(GoalOf.Value, 0.8),
            Aim = new Goal(GoalOf.Value, 2),
        },
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

    private static QuickBody Store()
    {
        byte[] model = Seeded.Bytes(ModelBytes, 1);
        ModelVault? vault = null;
        return new QuickBody(() => StoreIn(vault!, model), ModelBytes * 1e-9, Before: () => vault = NewVault());
    }

    private static QuickBody Load()
    {
        ModelVault vault = NewVault();
        ModelManifest manifest = StoreIn(vault, Seeded.Bytes(ModelBytes, 1));
        void Run()
        {
            VaultReport report = vault.ReadAsync(manifest, Stream.Null).AsTask().GetAwaiter().GetResult();
            if (report.Status != VaultStatus.Intact) throw new InvalidOperationException($"Expected an intact model, got {report.Status}.");
        }
        return new QuickBody(Run, ModelBytes * 1e-9);
    }

    private static ModelVault NewVault() => new([.. Enumerable.Range(0, 24).Select(_ => (IPieceStore)new InMemoryPieceStore())]);

    private static ModelManifest StoreIn(ModelVault vault, byte[] model)
    {
        using var source = new MemoryStream(model, writable: false);
        return vault.StoreAsync(source, "model").AsTask().GetAwaiter().GetResult();
    }
}
