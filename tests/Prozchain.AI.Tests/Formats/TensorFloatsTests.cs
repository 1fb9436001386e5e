using System.Runtime.InteropServices;
using Prozchain.AI.Formats;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Formats;

public class TensorFloatsTests
{
    private static readonly (uint Number, TensorType Type)[] s_types =
    [
        (0, TensorType.F32), (1, TensorType.F16), (30, TensorType.BF16), (24, TensorType.I8), (25, TensorType.I16),
        (8, TensorType.Q8_0), (2, TensorType.Q4_0), (3, TensorType.Q4_1),
    ];

    // Element by element, in double precision: what the format's text says.
    private static float Naive(TensorType type, byte[] data, int i)
    {
        double F16(int at) => (double)BitConverter.ToHalf(data, at);
        int block = i / 32 * type.BlockBytes(), j = i % 32;
        int Nibble(int at) => (data[at + j % 16] >> (j < 16 ? 0 : 4)) & 15;
        return type switch
        {
            TensorType.F32 => BitConverter.ToSingle(data, 4 * i),
            TensorType.F16 => (float)F16(2 * i),
            TensorType.BF16 => BitConverter.UInt32BitsToSingle((uint)BitConverter.ToUInt16(data, 2 * i) << 16),
            TensorType.I8 => (sbyte)data[i],
            TensorType.I16 => BitConverter.ToInt16(data, 2 * i),
            TensorType.Q8_0 => (float)(F16(block) * (sbyte)data[block + 2 + j]),
            TensorType.Q4_0 => (float)(F16(block) * (Nibble(block + 2) - 8)),
            _ => (float)(F16(block) * Nibble(block + 4) + F16(block + 2)),
        };
    }

    [Fact]
    public async Task ReadFloats_EveryOfferedTypeAndRange_EqualsTheNaive()
    {
        var random = new SeededRandom(11);
        foreach ((uint number, TensorType type) in s_types)
        {
            byte[] data = random.Bytes(96 * 2 / type.BlockElements() * type.BlockBytes());
            GgufReader reader = (await GgufReader.OpenAsync(new MemoryStream(new GgufFile().Tensor("t", number, [96, 2], data).Make()))).Reader!;
            float[] expected = [.. Enumerable.Range(0, 192).Select(i => Naive(type, data, i))];
            for (int first = 0; first <= 192; first += random.Next(1, 9))
            {
                var got = new float[random.Next(0, 200)];
                int count = await reader.ReadFloatsAsync(reader.Tensors[0], first, got);
                Assert.Equal(Math.Min(got.Length, 192 - first), count);
                Assert.Equal(Bits(expected.AsSpan(first, count)), Bits(got.AsSpan(0, count)));
            }
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await reader.ReadFloatsAsync(reader.Tensors[0], 193, new float[1]));
        }
    }

    [Fact]
    public void Convert_EveryHalfAndBrainFloat_IsExact() => EveryHalfAndBrainFloat();

    [Fact]
    public void Convert_WithoutAvx2_IsExact() => IsaRerun.Without(InstructionSet.Avx2, EveryHalfAndBrainFloat);

    private static void EveryHalfAndBrainFloat()
    {
        byte[] all = [.. Enumerable.Range(0, 65_536).SelectMany(i => BitConverter.GetBytes((ushort)i))];
        var got = new float[65_536];
        for (int shift = 0; shift < 40; shift += 13)
        {
            Span<float> values = got.AsSpan(0, 65_536 - shift);
            TensorFloats.Convert(TensorType.F16, all.AsSpan(2 * shift), values);
            for (int i = 0; i < values.Length; i++)
                Assert.True(values[i].Equals((float)BitConverter.UInt16BitsToHalf((ushort)(i + shift))) && float.IsNegative(values[i]) == i + shift >= 0x8000, $"{i + shift:x4}");
            TensorFloats.Convert(TensorType.BF16, all.AsSpan(2 * shift), values);
            for (int i = 0; i < values.Length; i++) Assert.Equal((uint)(i + shift) << 16, BitConverter.SingleToUInt32Bits(values[i]));
        }
    }

    [Fact]
    public async Task ReadFloats_LongerThanTheBuffer_EqualsTheNaive()
    {
        byte[] data = new SeededRandom(12).Bytes(34 * 5_000);
        GgufReader reader = (await GgufReader.OpenAsync(new MemoryStream(new GgufFile().Tensor("t", 8, [32 * 5_000], data).Make()))).Reader!;
        var got = new float[32 * 5_000 - 40];
        Assert.Equal(got.Length, await reader.ReadFloatsAsync(reader.Tensors[0], 33, got));
        Assert.Equal(Bits(Enumerable.Range(33, got.Length).Select(i => Naive(TensorType.Q8_0, data, i)).ToArray()), Bits(got));
    }

    [Fact]
    public void Convert_TypeNotOfferedOrLengthsApart_SaysSo()
    {
        foreach (TensorType type in Enum.GetValues<TensorType>())
        {
            if (TensorFloats.IsOffered(type)) TensorFloats.Convert(type, [], []);
            else Assert.Contains(type.ToString(), Assert.Throws<NotSupportedException>(() => TensorFloats.Convert(type, [], [])).Message, StringComparison.Ordinal);
        }
        Assert.Throws<ArgumentException>(() => TensorFloats.Convert(TensorType.Q8_0, new byte[33], new float[32]));
        Assert.Throws<ArgumentException>(() => TensorFloats.Convert(TensorType.Q8_0, new byte[34], new float[31]));
    }

    private static uint[] Bits(ReadOnlySpan<float> values)
    {
        uint[] bits = [.. MemoryMarshal.Cast<float, uint>(values)];
        // A quiet and a signalling NaN are one value here: which of them a conversion gives is the machine's.
        for (int i = 0; i < bits.Length; i++)
            if (float.IsNaN(values[i])) bits[i] = 0x7FC0_0000;
        return bits;
    }
}
