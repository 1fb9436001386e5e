using System.Text;
using Prozchain.AI.Formats;
using Prozchain.AI.Ports;
using Prozchain.AI.Tests.Codec;
using Prozchain.AI.Tests.Formats;
using Prozchain.AI.Vault;

namespace Prozchain.AI.Tests.Vault;

/// <summary>A base model of Gaussian bf16 tensors, models that stem from it, and a vault of 16+8 pieces of 4 KiB: a stripe is 64 KiB.</summary>
internal sealed class FineTunes
{
    public const int Stripe = 64 << 10, TensorBytes = 2 * Stripe + 9_000;

    private static readonly byte[][] s_tensors = [.. Enumerable.Range(0, 4).Select(i => GaussianWeights.Of(TensorType.BF16, TensorBytes, (ulong)i + 1))];

    public FineTunes(int memory = 4, StripeCatalogue? catalogue = null, FaultyPieceStore[]? stores = null)
    {
        Stores = stores ?? [.. Enumerable.Range(0, 24).Select(_ => new FaultyPieceStore())];
        Vault = Open(memory, catalogue);
    }

    public static ModelVaultOptions Options(int memory) => new()
    {
        LeafSize = 4096, MemoryBudget = memory * new ModelVaultOptions { LeafSize = 4096 }.OperationMemory, Workers = 3,
    };

    public FaultyPieceStore[] Stores { get; }

    public ModelVault Vault { get; private set; }

    public int Pieces => Stores.Sum(s => s.Count);

    public static byte[] Base { get; } = Make(s_tensors);

    /// <summary>Tensor 0 is the base's, 1 is trained further, of 2 the second stripe alone, 3 is another one.</summary>
    public static byte[] Tuned { get; } = Make(
        s_tensors[0], GaussianWeights.FineTuned(s_tensors[1], 5),
        [.. s_tensors[2][..Stripe], .. GaussianWeights.FineTuned(s_tensors[2].AsSpan(Stripe, Stripe), 6), .. s_tensors[2][(2 * Stripe)..]],
        GaussianWeights.Of(TensorType.BF16, TensorBytes, 77));

    /// <summary>The fine-tune trained further in tensor 1.</summary>
    public static byte[] TunedAgain { get; } = Retune(Tuned, 1);

    public ModelVault Open(int memory = 4, StripeCatalogue? catalogue = null) =>
        Vault = new ModelVault((IReadOnlyList<IPieceStore>)Stores, Options(memory), catalogue);

    public async Task<ModelManifest> StoreAsync(byte[] file, string name, params ModelManifest[] bases) =>
        await Vault.StoreAsync(new MemoryStream(file), name, bases: [.. bases.Select(b => b.ModelRoot)]);

    public async Task<(VaultReport Report, byte[] File)> ReadAsync(ModelManifest manifest)
    {
        var output = new MemoryStream();
        VaultReport report = await Vault.ReadAsync(manifest, output);
        return (report, output.ToArray());
    }

    /// <summary>Takes pieces of a stripe, of bases too, out of their stores.</summary>
    public async Task LoseAsync(ModelManifest manifest, int stripe, params IEnumerable<int> pieces)
    {
        foreach (int piece in pieces) await Stores[manifest.StoreOf(stripe, piece)].DeleteAsync(manifest.KeyOf(stripe, piece), default);
    }

    /// <summary>Empties shards of the pieces of a model.</summary>
    public async Task EmptyAsync(ModelManifest manifest, Func<int, bool> shards)
    {
        for (int stripe = 0; stripe < manifest.Geometry.Stripes.Length; stripe++)
            await LoseAsync(manifest, stripe, Enumerable.Range(0, 24).Where(p => shards(manifest.StoreOf(stripe, p))));
    }

    public static byte[] Make(params IReadOnlyList<byte[]> tensors)
    {
        int at = 0;
        string members = string.Join(',', tensors.Select((t, i) =>
            $"\"layer.{i}\":{{\"dtype\":\"BF16\",\"shape\":[{t.Length / 2}],\"data_offsets\":[{at},{at += t.Length}]}}"));
        byte[] file = SafetensorsFile.Make(Encoding.UTF8.GetBytes("{" + members + "}"), at);
        int start = file.Length - at;
        foreach (byte[] tensor in tensors)
        {
            tensor.CopyTo(file, start);
            start += tensor.Length;
        }
        return file;
    }

    private static byte[] Retune(byte[] file, int tensor)
    {
        byte[] again = [.. file];
        int at = file.Length - (4 - tensor) * TensorBytes;
        GaussianWeights.FineTuned(file.AsSpan(at, TensorBytes), 9).CopyTo(again, at);
        return again;
    }
}
