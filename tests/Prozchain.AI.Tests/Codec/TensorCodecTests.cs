using Prozchain.AI.Codec;
using Prozchain.AI.Formats;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Codec;

public class TensorCodecTests
{
    private const int Leaf = 1 << 20;

    public static TheoryData<int> Ids => [0, 1, 2, 3, 4, 0x81, 0x82, 0x83];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Decode_EveryLengthAndContent_GivesBackTheLeaf(int id)
    {
        ITensorCodec codec = Codec(id);
        Assert.Equal(id, codec.Id);
        var random = new SeededRandom((ulong)id);
        foreach (TensorType type in (TensorType[])[TensorType.BF16, TensorType.F16, TensorType.F32, TensorType.I8, TensorType.F64])
        {
            for (int length = 0; length <= 70; length++) RoundTrip(codec, type, random.Bytes(length), random.Bytes(length));
            foreach (int length in (int[])[255, 256, 511, 1027, 4099, 65535, 65539, 131072 + 5])
            {
                foreach (byte[] leaf in Contents(type, length, random)) RoundTrip(codec, type, leaf, GaussianWeights.Of(type, length, 9));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Decode_EveryPatternOf16Bits_IsLossless(int id)
    {
        // NaN payloads, subnormals, both zeros and infinities are among them; mixed, and as often as 0 to 7 times each.
        ushort[] patterns = [.. Enumerable.Range(0, 1 << 16).SelectMany(i => Enumerable.Repeat((ushort)i, i * 7 & 7))];
        new SeededRandom(3).Shuffle(patterns);
        byte[] leaf = [.. patterns.SelectMany(BitConverter.GetBytes)];
        foreach (TensorType type in (TensorType[])[TensorType.BF16, TensorType.F16, TensorType.F32]) RoundTrip(Codec(id), type, leaf, [.. leaf.Reverse()]);
    }

    [Fact]
    public void Encode_GaussianWeights_TakesWhatTheoryAllows()
    {
        // Two thirds of it, with 8 pieces of parity for 16, are 0.99.
        AssertRatio(TensorType.BF16, 4, 0, 0.6595);
        AssertRatio(TensorType.BF16, 3, 0, 0.665);
        AssertRatio(TensorType.BF16, 2, 0, 0.665);
        AssertRatio(TensorType.BF16, 1, 0.75, 0.752);
        AssertRatio(TensorType.F16, 3, 0, 0.85);
        AssertRatio(TensorType.F32, 3, 0, 0.833);
        // Nothing to be won: one byte more than the leaf.
        AssertRatio(TensorType.F16, 1, 1, 1 + 1.0 / Leaf);
    }

    [Fact]
    public void Encode_DeltaOfFineTunedWeights_IsHalfOfTheLeafAlone()
    {
        byte[] origin = GaussianWeights.Of(TensorType.BF16, Leaf, 1), tuned = GaussianWeights.FineTuned(origin, 2);
        byte[] encoded = new byte[Leaf + 1];
        int alone = Codec(3).Encode(tuned, TensorType.BF16, default, encoded), delta = Codec(0x83).Encode(tuned, TensorType.BF16, origin, encoded);
        Assert.True(delta < alone * 0.5, $"Expected less than half of {alone} bytes, got {delta}.");
        // The same weights again are nothing but a header.
        Assert.Equal(1 + 2 * 5 + 2, Codec(0x83).Encode(origin, TensorType.BF16, origin, encoded));
    }

    [Fact]
    public void Choose_BySample_TakesTheCheapestNearTheBest()
    {
        byte[] weights = GaussianWeights.Of(TensorType.BF16, Leaf, 1), tuned = GaussianWeights.FineTuned(weights, 2);
        var random = new SeededRandom(4);
        Assert.Equal(4, TensorCodecs.Choose(weights, TensorType.BF16, default).Id);
        Assert.Equal(4, TensorCodecs.Choose(weights.AsSpan(0, 5000), TensorType.BF16, default).Id);
        // Zeros in the low bits too, and exponents all over.
        Assert.Equal(3, TensorCodecs.Choose([.. weights.Select((b, i) => i % 2 == 0 ? (byte)(b & 0xC0) : b)], TensorType.BF16, default).Id);
        Assert.Equal(3, TensorCodecs.Choose([.. weights.Select((b, i) => i % 2 != 0 && random.Next(100) == 0 ? (byte)random.Next(256) : b)], TensorType.BF16, default).Id);
        Assert.Equal(0x83, TensorCodecs.Choose(tuned, TensorType.BF16, weights).Id);
        Assert.Equal(3, TensorCodecs.Choose(GaussianWeights.Of(TensorType.F32, Leaf, 5), TensorType.F32, default).Id);
        Assert.Equal(0, TensorCodecs.Choose(random.Bytes(Leaf), TensorType.BF16, default).Id);
        Assert.Equal(0, TensorCodecs.Choose(random.Bytes(Leaf), TensorType.U8, default).Id);
        Assert.Equal(0, TensorCodecs.Choose(default, TensorType.BF16, default).Id);
        Assert.Equal(0, TensorCodecs.Choose(weights.AsSpan(0, 64), TensorType.BF16, default).Id);
        // Sixteen equally frequent bytes: four bits are all that there is to win, and the palette has them.
        byte[] even = [.. random.Bytes(Leaf).Select(b => (byte)(b % 15 * 3))];
        Assert.Equal(1, TensorCodecs.Choose(even, TensorType.U8, default).Id);
        // A base that has nothing to do with the tensor does not help, and is not used.
        Assert.Equal(4, TensorCodecs.Choose(weights, TensorType.BF16, GaussianWeights.Of(TensorType.BF16, Leaf, 77)).Id);
        Assert.Throws<ArgumentException>(() => TensorCodecs.Choose(weights, TensorType.BF16, weights.AsSpan(1)));
    }

    [Fact]
    public void Find_UnknownNumbers_GivesNothing()
    {
        for (int id = 0; id < 256; id++)
        {
            ITensorCodec? codec = TensorCodecs.Find((byte)id);
            Assert.Equal(id is <= 4 or (> 0x80 and <= 0x83), codec is not null);
            if (codec is not null) Assert.Equal(id, codec.Id);
        }
    }

    [Fact]
    public void Encode_WrongArguments_Throws()
    {
        var leaf = new byte[100];
        foreach (int id in Ids) Assert.Throws<ArgumentException>(() => Codec(id).Encode(leaf, TensorType.BF16, leaf, new byte[Codec(id).MaxEncoded(100) - 1]));
        Assert.Throws<ArgumentException>(() => Codec(0x83).Encode(leaf, TensorType.BF16, leaf.AsSpan(1), new byte[101]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Codec(3).MaxEncoded(int.MaxValue));
        Assert.Equal(CodecStatus.WrongBase, Codec(0x83).TryDecode(new byte[101], TensorType.BF16, default, leaf));
    }

    [Fact]
    public void Encode_SeededLeaves_AreFrozen()
    {
        // All but Deflate, whose bytes are those of the BCL's version.
        var encodings = new List<byte[]>();
        foreach (int id in (int[])[0, 1, 3, 0x81, 0x83])
            foreach (TensorType type in (TensorType[])[TensorType.BF16, TensorType.F16, TensorType.F32, TensorType.I8])
                foreach (int length in (int[])[0, 1, 100, 1027, 70001, 140003])
                    encodings.Add(Encode(Codec(id), type, GaussianWeights.Of(type, length, 1), GaussianWeights.Of(type, length, 2)));
        Fixtures.AssertFrozen(Fixtures.TensorLeaves, encodings);
    }

    [Fact]
    public void Encode_SeededWeights_AreFrozen()
    {
        var encodings = new List<byte[]>();
        foreach (byte[] leaf in Weights())
            foreach (int length in (int[])[leaf.Length, 140_003, 70_001, 1027, 100, 2, 1, 0]) encodings.Add(Encode(Codec(4), TensorType.BF16, leaf[..length], default));
        Fixtures.AssertFrozen(Fixtures.WeightLeaves, encodings);
    }

    [Fact]
    public void Decode_Weights_GivesBackTheLeafAndItsForm()
    {
        byte[] forms = [.. Weights().Select(leaf => RoundTrip(Codec(4), TensorType.BF16, leaf, [])[0])];
        Assert.Equal([2, 2, 2, 2, 1, 2, 0], forms);
    }

    [Fact]
    public void TryDecode_ExceptionsOutOfOrder_IsRefused()
    {
        byte[] leaf = Weights().First(), encoded = Encode(Codec(4), TensorType.BF16, leaf, default), back = new byte[leaf.Length];
        CodecStatus Decoded(params ReadOnlySpan<byte> changed) => Codec(4).TryDecode(changed, TensorType.BF16, default, back);
        Assert.Equal(CodecStatus.Ok, Decoded(encoded));
        // The last two exceptions; a leaf of Gaussian weights as long as that has some.
        byte[] last = encoded[^4..], before = encoded[^8..^4];
        Assert.True(BitConverter.ToUInt32(before) >> 8 < BitConverter.ToUInt32(last) >> 8);
        Assert.Equal(CodecStatus.Ok, Decoded(encoded.AsSpan(0, encoded.Length - 4)));
        Assert.Equal(CodecStatus.BadSymbols, Decoded([.. encoded[..^8], .. last, .. before]));
        Assert.Equal(CodecStatus.BadSymbols, Decoded([.. encoded, .. last]));
        Assert.Equal(CodecStatus.BadSymbols, Decoded([.. encoded, .. BitConverter.GetBytes((uint)(leaf.Length / 2) << 8)]));
        Assert.Equal(CodecStatus.WrongLength, Decoded([.. encoded, 0, 0, 0]));
        Assert.Equal(CodecStatus.UnknownForm, Codec(4).TryDecode(encoded, TensorType.F16, default, back));
    }

    // Gaussian; some zeros; larger than 2; a sample that misleads; exponents from end to end; one weight; none that shrink.
    private static IEnumerable<byte[]> Weights()
    {
        byte[] weights = GaussianWeights.Of(TensorType.BF16, 400_000, 1);
        yield return weights;
        yield return [.. weights.Select((b, i) => i / 2 % 50 == 0 ? (byte)0 : b)];
        yield return [.. weights.Select((b, i) => i % 2 == 0 ? b : (byte)(b + 6))];
        yield return [.. weights.Select((b, i) => i % 2 == 0 || i % 128 < 16 ? b : (byte)(b ^ i / 128 % 8))];
        yield return [.. weights.Select((b, i) => i % 2 == 0 || i % 100 != 1 ? b : (byte)(i / 100))];
        yield return [.. weights.Select((b, i) => i % 2 == 0 ? (byte)0x80 : (byte)0x3F)];
        yield return new SeededRandom(7).Bytes(400_000);
    }

    [Fact]
    public void EncodeAndDecode_WithoutAvx512_GiveTheSameBytes() => IsaRerun.Without(InstructionSet.Avx512, SameBytes);

    [Fact]
    public void EncodeAndDecode_WithoutAvx2_GiveTheSameBytes() => IsaRerun.Without(InstructionSet.Avx2, SameBytes);

    [Fact]
    public void EncodeAndDecode_Scalar_GiveTheSameBytes() => IsaRerun.Without(InstructionSet.All, SameBytes);

    [Fact]
    public void EncodeAndDecode_WarmedUp_AllocateNothing()
    {
        byte[] leaf = GaussianWeights.Of(TensorType.BF16, 300_000, 1), origin = GaussianWeights.FineTuned(leaf, 2), encoded = new byte[leaf.Length + 1], back = new byte[leaf.Length];
        foreach (int id in (int[])[0, 1, 3, 4, 0x81, 0x83])
        {
            ITensorCodec codec = Codec(id);
            AllocationAssert.None(() =>
            {
                int length = codec.Encode(leaf, TensorType.BF16, origin, encoded);
                if (codec.TryDecode(encoded.AsSpan(0, length), TensorType.BF16, origin, back) != CodecStatus.Ok) throw new InvalidOperationException("Expected a leaf, got none.");
                TensorCodecs.Choose(leaf, TensorType.BF16, origin);
            });
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void TryDecode_HostileBytes_GivesAStatus(int id)
    {
        ITensorCodec codec = Codec(id);
        foreach (TensorType type in (TensorType[])[TensorType.BF16, TensorType.F32, TensorType.I8])
        {
            byte[] leaf = GaussianWeights.Of(type, 3001, 1), origin = GaussianWeights.Of(type, 3001, 2);
            byte[][] seeds = [Encode(codec, type, leaf, origin), Encode(codec, type, new byte[3001], origin), Encode(codec, type, leaf, new byte[3001])];
            using var decoded = new GuardedMemory<byte>(leaf.Length);
            int refused = 0;
            HostileBytes.Feed(seeds, bytes =>
            {
                using var guarded = new GuardedMemory<byte>(bytes);
                if (codec.TryDecode(guarded.Span, type, origin, decoded.Span) != CodecStatus.Ok) refused++;
            }, count: id is 2 or 0x82 ? 300 : 1500, seed: id);
            Assert.True(refused > 50, $"Expected refusals, got {refused}.");
        }
    }

    [Fact]
    public void TryDecode_EveryTruncation_IsRefused()
    {
        byte[] leaf = GaussianWeights.Of(TensorType.BF16, 2000, 1), back = new byte[2000];
        foreach (int id in (int[])[0, 1, 3, 4])
        {
            byte[] encoded = Encode(Codec(id), TensorType.BF16, leaf, default);
            for (int length = 0; length < encoded.Length; length++) Assert.NotEqual(CodecStatus.Ok, Codec(id).TryDecode(encoded.AsSpan(0, length), TensorType.BF16, default, back));
            Assert.NotEqual(CodecStatus.Ok, Codec(id).TryDecode([.. encoded, 0], TensorType.BF16, default, back));
            // A leaf of another length than was encoded.
            Assert.NotEqual(CodecStatus.Ok, Codec(id).TryDecode(encoded, TensorType.BF16, default, back.AsSpan(2)));
        }
    }

    [Fact]
    public void TryDecode_DeflateBomb_StopsAtTheLeaf()
    {
        // A plane of 1000 bytes, and a stream that would be 64 MiB.
        using var bomb = new MemoryStream();
        using (var deflate = new System.IO.Compression.DeflateStream(bomb, System.IO.Compression.CompressionLevel.SmallestSize, leaveOpen: true)) deflate.Write(new byte[64 << 20]);
        byte[] encoded = [1, 2, .. BitConverter.GetBytes((int)bomb.Length), .. bomb.ToArray()];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(CodecStatus.BadSymbols, Codec(2).TryDecode(encoded, TensorType.I8, default, new byte[1000]));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    private static void SameBytes()
    {
        var tests = new TensorCodecTests();
        tests.Encode_SeededLeaves_AreFrozen();
        tests.Decode_EveryLengthAndContent_GivesBackTheLeaf(1);
        tests.Decode_EveryLengthAndContent_GivesBackTheLeaf(0x83);
        tests.Encode_SeededWeights_AreFrozen();
        tests.Decode_Weights_GivesBackTheLeafAndItsForm();
    }

    private static void AssertRatio(TensorType type, int id, double least, double most)
    {
        double ratio = Encode(Codec(id), type, GaussianWeights.Of(type, Leaf, 1), default).Length / (double)Leaf;
        Assert.True(ratio >= least && ratio <= most, $"{type} by codec {id}: expected {least:P2} to {most:P2}, got {ratio:P3}.");
    }

    private static IEnumerable<byte[]> Contents(TensorType type, int length, SeededRandom random)
    {
        yield return random.Bytes(length);
        yield return new byte[length];
        yield return GaussianWeights.Of(type, length, 1);
        // Two bytes, one of them rare; and counts that fall by half, for codes of every length.
        yield return [.. random.Bytes(length).Select(b => b == 0 ? (byte)255 : (byte)7)];
        byte[] falling = [.. random.Bytes(length).Select(_ => (byte)System.Numerics.BitOperations.TrailingZeroCount(random.NextUInt64() | 1UL << 40))];
        yield return falling;
        // The rare ones side by side: many long codes in a row.
        yield return [.. falling.Order()];
    }

    private static byte[] RoundTrip(ITensorCodec codec, TensorType type, byte[] leaf, byte[] origin)
    {
        byte[] encoded = Encode(codec, type, leaf, origin);
        using GuardedMemory<byte> source = new(encoded), from = new(origin), back = new(leaf.Length);
        CodecStatus status = codec.TryDecode(source.Span, type, from.Span, back.Span);
        Assert.True(status == CodecStatus.Ok && back.Span.SequenceEqual(leaf), $"Codec {codec.Id}, {type}, {leaf.Length} bytes: expected the leaf, got {status}.");
        if ((codec.Id & TensorCodecs.DeltaFlag) != 0) Assert.Equal(encoded, EncodeDifference((PlaneCodec)codec, type, leaf, origin));
        return encoded;
    }

    // As a store does it, which takes the difference first.
    private static byte[] EncodeDifference(PlaneCodec codec, TensorType type, byte[] leaf, byte[] origin)
    {
        byte[] difference = [.. leaf];
        PlaneCodec.Subtract(difference, type, origin);
        byte[] encoded = Encode(codec.Plain, type, difference, default);
        if (PlaneCodec.IsRaw(encoded)) PlaneCodec.Subtract(encoded.AsSpan(1), type, origin);
        return encoded;
    }

    private static byte[] Encode(ITensorCodec codec, TensorType type, byte[] leaf, byte[]? origin)
    {
        // Now and then in room of its own.
        using GuardedMemory<byte> source = new(leaf), from = new(origin ?? []), destination = new(codec.MaxEncoded(leaf.Length)), scratch = new(leaf.Length % 3 == 0 ? 0 : leaf.Length);
        int length = codec.Encode(source.Span, type, from.Span, destination.Span, scratch.Span);
        return destination.Span[..length].ToArray();
    }

    private static ITensorCodec Codec(int id) => TensorCodecs.Find((byte)id) ?? throw new ArgumentOutOfRangeException(nameof(id));
}
