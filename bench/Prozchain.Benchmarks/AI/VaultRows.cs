using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Prozchain.AI.Ports;
using Prozchain.AI.Tests;
using Prozchain.AI.Vault;
using Prozchain.Benchmarks.Quick;

namespace Prozchain.Benchmarks.AI;

/// <summary>
/// The model vault at its default parameters, 16 + 8 pieces, on all cores, over stores in memory: a model of Gaussian bf16 weights in
/// tensors of 64 MiB, coded as the vault chooses. The floors and aims are those of its issue for a model of 10 GB.
/// </summary>
internal static class VaultRows
{
    private const string Area = "AI";
    private const int Tensors = 4, TensorBytes = 64 << 20, Samples = 30;

    private static readonly Lazy<byte[]> s_model = new(MakeModel);

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        QuickRow.Rate(Area, "vault, store 256 MiB bf16 (parse, code, 16+8, hash)", "GB/s", Store) with
        {
            Against = Yardstick.Memcpy,
            Floor = new Goal(GoalOf.Value, 0.5),
            Aim = new Goal(GoalOf.Value, 1.7),
        },
        QuickRow.Rate(Area, "vault, load, verify and decode 256 MiB bf16", "GB/s", Load) with
        {
            Against = Yardstick.Memcpy,
            Floor = new Goal(GoalOf.Value, 0.8),
            Aim = new Goal(GoalOf.Value, 2),
        },
        QuickRow.Rate(Area, "vault, repair 8 of 24 shards of 256 MiB bf16", "GB/s", Repair) with
        {
            Against = Yardstick.Memcpy,
            Floor = new Goal(GoalOf.Value, 0.6),
            Aim = new Goal(GoalOf.Value, 1.7),
        },
        QuickRow.Time(Area, "vault, audit answer, 30 samples", "ms", 1e3, Answer) with
        {
            Floor = new Goal(GoalOf.Value, 50),
            Aim = new Goal(GoalOf.Value, 10),
        },
        QuickRow.Figure(Area, "vault, bytes stored with parity, of bf16", "x raw", Better.Lower, () => Stored().Manifest.Geometry.StoredRatio) with
        {
            Floor = new Goal(GoalOf.Value, 1),
            Aim = new Goal(GoalOf.Value, 0.99),
        },
    ];

    private static double Gigabytes => s_model.Value.Length * 1e-9;

    private static QuickBody Store()
    {
        // A vault that has its buffers, as in the middle of a large model; nothing of the model is stored before a run.
        byte[] model = s_model.Value;
        var vault = new ModelVault(NewStores());
        ModelManifest manifest = StoreIn(vault, model);
        return new QuickBody(() => manifest = StoreIn(vault, model), Gigabytes, Before: () => vault.PruneAsync(manifest).AsTask().GetAwaiter().GetResult());
    }

    private static QuickBody Load()
    {
        (ModelVault vault, ModelManifest manifest, _) = Stored();
        return new QuickBody(() => Expect(VaultStatus.Intact, vault.ReadAsync(manifest, Stream.Null).AsTask().GetAwaiter().GetResult()), Gigabytes);
    }

    private static QuickBody Repair()
    {
        (ModelVault vault, ModelManifest manifest, IPieceStore[] stores) = Stored();
        void Lose()
        {
            for (int stripe = 0; stripe < manifest.Geometry.StripeCount; stripe++)
                for (int piece = 0; piece < manifest.Geometry.TotalPieces; piece++)
                {
                    int store = manifest.StoreOf(stripe, piece);
                    if (store % 3 == 0) stores[store].DeleteAsync(manifest.KeyOf(stripe, piece), CancellationToken.None).AsTask().GetAwaiter().GetResult();
                }
        }
        return new QuickBody(() => Expect(VaultStatus.Repaired, vault.RepairAsync(manifest).AsTask().GetAwaiter().GetResult()), Gigabytes, Before: Lose);
    }

    private static QuickBody Answer()
    {
        (_, ModelManifest manifest, IPieceStore[] stores) = Stored();
        var challenge = new AuditChallenge(Seeded.Bytes(32, 5), manifest.AuditRoot.Span, 3, Samples, 1, 10);
        void Run()
        {
            AuditProof proof = AuditProver.AnswerAsync(challenge, manifest, stores[3]).AsTask().GetAwaiter().GetResult();
            if (proof.Missing.Count > 0) throw new InvalidOperationException($"Expected an answer, got {proof.Missing.Count} samples missing.");
        }
        return new QuickBody(Run);
    }

    private static (ModelVault Vault, ModelManifest Manifest, IPieceStore[] Stores) Stored()
    {
        IPieceStore[] stores = NewStores();
        var vault = new ModelVault(stores);
        return (vault, StoreIn(vault, s_model.Value), stores);
    }

    private static SparePieceStore[] NewStores() => [.. Enumerable.Range(0, 24).Select(_ => new SparePieceStore())];

    private static ModelManifest StoreIn(ModelVault vault, byte[] model)
    {
        using var source = new MemoryStream(model, writable: false);
        return vault.StoreAsync(source, "model").AsTask().GetAwaiter().GetResult();
    }

    private static void Expect(VaultStatus expected, VaultReport report)
    {
        if (report.Status != expected) throw new InvalidOperationException($"Expected a model that is {expected}, got {report.Status}.");
    }

    // Each tensor has mantissas of its own.
    private static byte[] MakeModel()
    {
        IEnumerable<string> members = Enumerable.Range(0, Tensors).Select(i => string.Create(CultureInfo.InvariantCulture,
            $"\"layer.{i}\":{{\"dtype\":\"BF16\",\"shape\":[{TensorBytes / 2}],\"data_offsets\":[{(long)i * TensorBytes},{(i + 1L) * TensorBytes}]}}"));
        byte[] header = Encoding.UTF8.GetBytes("{" + string.Join(',', members) + "}");
        var model = new byte[8 + header.Length + Tensors * TensorBytes];
        BinaryPrimitives.WriteInt64LittleEndian(model, header.Length);
        header.CopyTo(model, 8);
        Span<byte> data = model.AsSpan(8 + header.Length);
        WeightModel.Gaussian(TensorBytes).CopyTo(data);
        for (int tensor = 1; tensor < Tensors; tensor++)
            for (int i = 0; i < TensorBytes; i += 2) (data[tensor * TensorBytes + i], data[tensor * TensorBytes + i + 1]) = ((byte)(data[i] ^ (tensor * 37 & 0x7F)), data[i + 1]);
        return model;
    }
}
