using Prozchain.AI.Codec;
using Prozchain.AI.Formats;
using Prozchain.Benchmarks.Quick;
using Prozchain.Shared;

namespace Prozchain.Benchmarks.AI;

/// <summary>The codecs of leaves on normally distributed bf16 weights, rates in bytes of the leaf, and what cuts and names chunks; on one thread.</summary>
internal static class CodecRows
{
    private const string Area = "AI";
    private const int LeafBytes = 1 << 20, FileBytes = 8 << 20;

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        Encode("palette", TensorCodecs.Palette, null),
        Decode("palette", TensorCodecs.Palette, null),
        Encode("Deflate of the BCL", TensorCodecs.Deflate, null),
        Decode("Deflate of the BCL", TensorCodecs.Deflate, null),
        Encode("Huffman", TensorCodecs.Huffman, 1.2),
        Decode("Huffman", TensorCodecs.Huffman, 2),
        Encode("weights", TensorCodecs.Weights, 1.2),
        Decode("weights", TensorCodecs.Weights, 2),
        QuickRow.Figure(Area, "stored bytes of a bf16 leaf by Huffman codes", "x raw", Better.Lower, () => Ratio(TensorCodecs.Huffman)) with { Aim = new Goal(GoalOf.Value, 0.665) },
        QuickRow.Figure(Area, "stored bytes of a bf16 leaf by codes of weights", "x raw", Better.Lower, () => Ratio(TensorCodecs.Weights)) with { Aim = new Goal(GoalOf.Value, 0.6598) },
        QuickRow.Rate(Area, "content-defined chunks, random bytes", "GB/s", Chunks) with { Against = Yardstick.Memcpy, Aim = new Goal(GoalOf.Value, 2.5) },
        QuickRow.Rate(Area, "BLAKE3 of a leaf of 1 MiB", "GB/s", Hash) with { Against = Yardstick.Sha256 },
    ];

    private static QuickRow Encode(string name, ITensorCodec codec, double? aim) =>
        QuickRow.Rate(Area, $"encode a bf16 leaf of 1 MiB, {name}", "GB/s", () => Encoding(codec)) with { Against = Yardstick.Memcpy, Aim = aim is { } rate ? new Goal(GoalOf.Value, rate) : null };

    private static QuickRow Decode(string name, ITensorCodec codec, double? aim) =>
        QuickRow.Rate(Area, $"decode a bf16 leaf of 1 MiB, {name}", "GB/s", () => Decoding(codec)) with { Against = Yardstick.Memcpy, Aim = aim is { } rate ? new Goal(GoalOf.Value, rate) : null };

    private static QuickBody Encoding(ITensorCodec codec)
    {
        byte[] leaf = Leaf(), encoded = new byte[codec.MaxEncoded(leaf.Length)];
        return new QuickBody(() => codec.Encode(leaf, TensorType.BF16, default, encoded), leaf.Length * 1e-9);
    }

    private static QuickBody Decoding(ITensorCodec codec)
    {
        byte[] leaf = Leaf(), encoded = new byte[codec.MaxEncoded(leaf.Length)];
        int length = codec.Encode(leaf, TensorType.BF16, default, encoded);
        void Run()
        {
            CodecStatus status = codec.TryDecode(encoded.AsSpan(0, length), TensorType.BF16, default, leaf);
            if (status != CodecStatus.Ok) throw new InvalidOperationException($"Expected a leaf, got {status}.");
        }
        return new QuickBody(Run, leaf.Length * 1e-9);
    }

    private static double Ratio(ITensorCodec codec)
    {
        byte[] leaf = Leaf();
        return codec.Encode(leaf, TensorType.BF16, default, new byte[codec.MaxEncoded(leaf.Length)]) / (double)leaf.Length;
    }

    private static QuickBody Chunks()
    {
        byte[] file = Seeded.Bytes(FileBytes, 1);
        void Run()
        {
            var chunker = new ContentChunker();
            for (ReadOnlySpan<byte> rest = file; !rest.IsEmpty;) rest = rest[chunker.Take(rest, out _)..];
        }
        return new QuickBody(Run, FileBytes * 1e-9);
    }

    private static QuickBody Hash()
    {
        byte[] leaf = Seeded.Bytes(LeafBytes, 1), digest = new byte[Blake3.DigestSize];
        return new QuickBody(() => Blake3.Hash(leaf, digest), LeafBytes * 1e-9);
    }

    // Standard deviation 0.02, by Box and Muller's method.
    private static byte[] Leaf()
    {
        Random random = Seeded.Random(1);
        var leaf = new byte[LeafBytes];
        for (int at = 0; at < leaf.Length; at += 2)
        {
            double radius = 0.02 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            uint bits = BitConverter.SingleToUInt32Bits((float)(radius * Math.Cos(2 * Math.PI * random.NextDouble())));
            BitConverter.TryWriteBytes(leaf.AsSpan(at), (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16));
        }
        return leaf;
    }
}
