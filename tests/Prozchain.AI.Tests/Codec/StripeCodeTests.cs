using Prozchain.AI.Codec;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Codec;

public class StripeCodeTests
{
    [Fact]
    public void Encode_OneDataPiece_GivesHandComputedParity()
    {
        // Row j holds 1 / ((1 + j) xor 0): 1/1 = 1, 1/2 = 0x8E, 1/3 = 0xF4 in GF(2^8) modulo 0x11D.
        var code = new StripeCode(1, 3);
        var parity = new byte[6];
        code.Encode([0x01, 0x02], parity);
        Assert.Equal([0x01, 0x02, 0x8E, 0x01, 0xF4, 0xF5], parity);
    }

    [Fact]
    public void Encode_SixteenPlusEight_IsFrozen()
    {
        byte[] data = Seeded(16 * 100, 1), parity = new byte[8 * 100];
        new StripeCode().Encode(data, parity);
        Fixtures.AssertFrozen(Fixtures.StripeParity, [parity]);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 4)]
    [InlineData(4, 3)]
    [InlineData(5, 5)]
    [InlineData(7, 2)]
    public void TryReconstruct_EverySubset_RestoresOrRefuses(int k, int m)
    {
        const int Length = 5;
        var code = new StripeCode(k, m);
        byte[] data = Seeded(k * Length, k), parity = new byte[m * Length];
        code.Encode(data, parity);
        for (int mask = 0; mask < 1 << (k + m); mask++)
        {
            bool[] present = [.. Enumerable.Range(0, k + m).Select(i => (mask >> i & 1) != 0)];
            (byte[] damagedData, byte[] damagedParity) = Damage(data, parity, present, k, Length);
            byte[] before = [.. damagedData];
            bool restored = code.TryReconstruct(damagedData, damagedParity, present);
            Assert.Equal(int.PopCount(mask) >= k, restored);
            Assert.Equal(restored ? data : before, damagedData);
        }
    }

    [Theory]
    [InlineData(16, 8, 200)]
    [InlineData(200, 55, 3)]
    [InlineData(127, 128, 3)]
    public void TryReconstruct_RandomLosses_RestoresData(int k, int m, int trials)
    {
        const int Length = 33;
        var random = new Random(k);
        var code = new StripeCode(k, m);
        byte[] data = Seeded(k * Length, m), parity = new byte[m * Length];
        code.Encode(data, parity);
        for (int trial = 0; trial < trials; trial++)
        {
            var present = new bool[k + m];
            Array.Fill(present, true);
            int[] order = [.. Enumerable.Range(0, k + m)];
            random.Shuffle(order);
            foreach (int lost in order.AsSpan(0, m - trial % 2)) present[lost] = false;
            (byte[] damagedData, byte[] damagedParity) = Damage(data, parity, present, k, Length);
            Assert.True(code.TryReconstruct(damagedData, damagedParity, present));
            Assert.Equal(data, damagedData);
        }
    }

    [Fact]
    public void EncodePiece_EachRow_EqualsEncode()
    {
        var code = new StripeCode(6, 4);
        byte[] data = Seeded(6 * 64, 3), parity = new byte[4 * 64], piece = new byte[64];
        code.Encode(data, parity);
        for (int j = 0; j < 4; j++)
        {
            code.EncodePiece(data, j, piece);
            Assert.Equal(parity[(j * 64)..][..64], piece);
        }
    }

    [Theory]
    [InlineData(0, 8)]
    [InlineData(16, 0)]
    [InlineData(200, 56)]
    [InlineData(int.MaxValue, int.MaxValue)]
    public void Constructor_ImpossibleCounts_Throws(int k, int m) => Assert.ThrowsAny<ArgumentException>(() => new StripeCode(k, m));

    [Fact]
    public void Encode_LengthsThatDoNotBelongTogether_Throws()
    {
        var code = new StripeCode(4, 2);
        var memory = new byte[100];
        Assert.Throws<ArgumentException>(() => code.Encode(new byte[41], new byte[20]));
        Assert.Throws<ArgumentException>(() => code.Encode(new byte[40], new byte[21]));
        Assert.Throws<ArgumentException>(() => code.Encode(memory.AsSpan(0, 40), memory.AsSpan(39, 20)));
        Assert.Throws<ArgumentException>(() => code.TryReconstruct(new byte[40], new byte[20], new bool[5]));
        // 128 times these two lengths are equal modulo 2^32.
        var wide = new StripeCode(1, 128);
        byte[] data = new byte[(1 << 25) + 64];
        Assert.Throws<ArgumentException>(() => wide.EncodePiece(data, 0, new byte[64]));
        Assert.Throws<ArgumentException>(() => wide.Encode(data, new byte[128 * 64]));
    }

    [Fact]
    public void EncodeAndReconstruct_WarmedUp_AllocateNothing()
    {
        var code = new StripeCode();
        byte[] data = Seeded(16 * 256, 4), parity = new byte[8 * 256];
        var present = new bool[24];
        Array.Fill(present, true);
        for (int i = 0; i < 8; i++) present[2 * i] = false;
        AllocationAssert.None(() =>
        {
            code.Encode(data, parity);
            Assert.True(code.TryReconstruct(data, parity, present));
        });
    }

    private static (byte[] Data, byte[] Parity) Damage(byte[] data, byte[] parity, bool[] present, int k, int length)
    {
        byte[] d = [.. data], p = [.. parity];
        for (int i = 0; i < present.Length; i++)
            if (!present[i]) (i < k ? d.AsSpan(i * length, length) : p.AsSpan((i - k) * length, length)).Fill(0xAA);
        return (d, p);
    }

    private static byte[] Seeded(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
