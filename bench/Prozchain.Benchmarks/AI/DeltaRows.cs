using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Prozchain.AI.Ports;
using Prozchain.AI.Vault;
using Prozchain.Benchmarks.Quick;

namespace Prozchain.Benchmarks.AI;

/// <summary>
/// A fine-tune of a Gaussian bf16 model, every weight moved by up to half a hundredth of itself, stored as its difference to the base
/// that the vault has, at the default parameters over stores in memory. Rates are in bytes of the fine-tune.
/// </summary>
internal static class DeltaRows
{
    private const string Area = "AI";
    private const int Tensors = 2, TensorBytes = 32 << 20;

    private static readonly Lazy<(byte[] Base, byte[] Tuned)> s_models = new(MakeModels);

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        QuickRow.Rate(Area, "vault, store a fine-tune of 64 MiB bf16 on its base", "GB/s", Store) with { Against = Yardstick.Memcpy },
        QuickRow.Rate(Area, "vault, load, verify and decode that fine-tune and its base", "GB/s", Load) with { Against = Yardstick.Memcpy },
        QuickRow.Figure(Area, "vault, bytes stored with parity, of a fine-tune on its base", "x alone", Better.Lower, Share),
    ];

    private static double Gigabytes => s_models.Value.Tuned.Length * 1e-9;

    private static QuickBody Store()
    {
        (ModelVault vault, ModelManifest origin) = WithBase();
        ModelManifest manifest = StoreIn(vault, s_models.Value.Tuned, origin);
        return new QuickBody(
            () => manifest = StoreIn(vault, s_models.Value.Tuned, origin), Gigabytes, Before: () => vault.PruneAsync(manifest).AsTask().GetAwaiter().GetResult());
    }

    private static QuickBody Load()
    {
        (ModelVault vault, ModelManifest origin) = WithBase();
        ModelManifest manifest = StoreIn(vault, s_models.Value.Tuned, origin);
        void Run()
        {
            VaultReport report = vault.ReadAsync(manifest, Stream.Null).AsTask().GetAwaiter().GetResult();
            if (report.Status != VaultStatus.Intact) throw new InvalidOperationException($"Expected a model that is intact, got {report.Status}.");
        }
        return new QuickBody(Run, Gigabytes);
    }

    private static double Share()
    {
        (ModelVault vault, ModelManifest origin) = WithBase();
        long onBase = StoreIn(vault, s_models.Value.Tuned, origin).Geometry.StoredSize;
        return (double)onBase / StoreIn(vault, s_models.Value.Tuned, null).Geometry.StoredSize;
    }

    private static (ModelVault Vault, ModelManifest Base) WithBase()
    {
        IPieceStore[] stores = [.. Enumerable.Range(0, 24).Select(_ => new SparePieceStore())];
        var vault = new ModelVault(stores);
        return (vault, StoreIn(vault, s_models.Value.Base, null));
    }

    private static ModelManifest StoreIn(ModelVault vault, byte[] model, ModelManifest? origin)
    {
        using var source = new MemoryStream(model, writable: false);
        return vault.StoreAsync(source, "model", bases: origin is null ? null : [origin.ModelRoot]).AsTask().GetAwaiter().GetResult();
    }

    // Normal numbers of standard deviation 0.02 by the method of Box and Muller; rounded to the nearest of bf16, ties to even.
    private static (byte[] Base, byte[] Tuned) MakeModels()
    {
        IEnumerable<string> members = Enumerable.Range(0, Tensors).Select(i => string.Create(CultureInfo.InvariantCulture,
            $"\"layer.{i}\":{{\"dtype\":\"BF16\",\"shape\":[{TensorBytes / 2}],\"data_offsets\":[{(long)i * TensorBytes},{(i + 1L) * TensorBytes}]}}"));
        byte[] header = Encoding.UTF8.GetBytes("{" + string.Join(',', members) + "}");
        byte[] origin = new byte[8 + header.Length + Tensors * TensorBytes];
        BinaryPrimitives.WriteInt64LittleEndian(origin, header.Length);
        header.CopyTo(origin, 8);
        byte[] tuned = [.. origin];
        Random random = Seeded.Random(2);
        for (int at = 8 + header.Length; at < origin.Length; at += 2)
        {
            float weight = (float)(0.02 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
            weight = Write(origin, at, weight);
            Write(tuned, at, weight * (1 + 0.01f * (random.NextSingle() - 0.5f)));
        }
        return (origin, tuned);
    }

    private static float Write(byte[] model, int at, float weight)
    {
        uint bits = BitConverter.SingleToUInt32Bits(weight);
        bits = (bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF_0000;
        BinaryPrimitives.WriteUInt16LittleEndian(model.AsSpan(at), (ushort)(bits >> 16));
        return BitConverter.UInt32BitsToSingle(bits);
    }
}
