using System.Runtime.InteropServices;
using Prozchain.Testing;

namespace Prozchain.Shared.Tests;

public unsafe class EdwardsKernelTests
{
    private const int Points = 40;

    [Fact]
    public void Decode_EveryWidth_EqualsTryRead()
    {
        foreach (IEdwardsKernel kernel in EdwardsKernels.CreateAll()) CheckDecode(kernel);
    }

    [Fact]
    public void Sum_EveryWidth_EqualsOneByOne()
    {
        foreach (IEdwardsKernel kernel in EdwardsKernels.CreateAll()) CheckSum(kernel);
    }

    [Theory]
    [InlineData(InstructionSet.Avx512)]
    [InlineData(InstructionSet.Avx2)]
    [InlineData(InstructionSet.All)]
    public void Kernel_WithoutInstructionSets_EqualsOneByOne(InstructionSet set) => IsaRerun.Without(set, () =>
    {
        CheckDecode(EdwardsKernels.Create());
        CheckSum(EdwardsKernels.Create());
    });

    private static void CheckDecode(IEdwardsKernel kernel)
    {
        var random = new SeededRandom(TestSettings.Seed);
        var encodings = new PinnedWords(Points * 4);
        var points = new PinnedWords(Points * AffinePoint.PackedWords);
        Span<byte> bytes = MemoryMarshal.AsBytes(encodings.Span);
        for (int round = 0; round < 30; round++)
        {
            random.NextBytes(bytes);
            for (int i = 0; i < Points; i++)
            {
                Span<byte> encoding = bytes.Slice(32 * i, 32);
                if (random.Next(4) == 0) Special(random).CopyTo(encoding);
                if (!Fe25519.IsCanonical(encoding)) encoding.Clear();
            }
            var isPoint = new bool[round % Points + 1];
            kernel.Decode(encodings.Start, points.Start, isPoint);
            for (int i = 0; i < isPoint.Length; i++)
            {
                Assert.Equal(EdwardsPoint.TryRead(bytes.Slice(32 * i, 32), out EdwardsPoint expected), isPoint[i]);
                if (!isPoint[i]) continue;
                EdwardsPoint actual = EdwardsPoint.Identity + Packed(points, i);
                Assert.Equal(Encode(expected), Encode(actual));
                Assert.Equal(Encode(expected + EdwardsPoint.Base), Encode(EdwardsPoint.Base + Packed(points, i)));
            }
        }
    }

    private static void CheckSum(IEdwardsKernel kernel)
    {
        var random = new SeededRandom(TestSettings.Seed);
        foreach (int bits in (int[])[4, 8])
            for (int round = 0; round < 6; round++)
            {
                (int digits, int wide, int narrow) = (256 / bits, random.Next(0, 30), random.Next(1, 30));
                var points = new PinnedWords((wide + narrow) * AffinePoint.PackedWords);
                var wideDigits = new PinnedWords(32 * 64 / 8);
                var narrowDigits = new PinnedWords(32 * 32 / 8);
                EdwardsPoint expected = EdwardsPoint.Identity;
                for (int i = 0; i < wide + narrow; i++)
                {
                    EdwardsPoint point = AnyPoint(random);
                    new AffinePoint(point.X, point.Y).Pack(points.Span.Slice(i * AffinePoint.PackedWords, AffinePoint.PackedWords));
                    int count = i < wide ? digits : digits / 2;
                    sbyte* to = i < wide ? (sbyte*)wideDigits.Start + i * count : (sbyte*)narrowDigits.Start + (i - wide) * count;
                    EdwardsPoint multiple = EdwardsPoint.Identity;
                    for (int j = count - 1; j >= 0; j--)
                    {
                        to[j] = (sbyte)(random.Next(3) == 0 ? (random.Next(3) - 1) << (bits - 2) : random.Next(-(1 << (bits - 1)), 1 << (bits - 1)));
                        for (int bit = 0; bit < bits; bit++) multiple = multiple.Double();
                        EdwardsPoint term = EdwardsPoint.Identity;
                        for (int k = 0; k < Math.Abs((int)to[j]); k++) term += point;
                        multiple = to[j] < 0 ? multiple - term : multiple + term;
                    }
                    expected += multiple;
                }
                ReadOnlySpan<PointRun> runs =
                [
                    new(points.Start, (sbyte*)wideDigits.Start, wide, digits),
                    new(points.Start + wide * AffinePoint.PackedWords, (sbyte*)narrowDigits.Start, narrow, digits / 2),
                ];
                Assert.Equal(Encode(expected), Encode(kernel.Sum(runs, bits)));
            }
    }

    private static EdwardsPoint AnyPoint(SeededRandom random)
    {
        for (; ; )
            if (EdwardsPoint.TryRead(random.Next(5) == 0 ? Special(random) : random.Bytes(32), out EdwardsPoint point)) return point;
    }

    private static byte[] Special(SeededRandom random) => random.Next(4) switch
    {
        0 => [(byte)random.Next(3), .. new byte[30], (byte)(random.Next(2) << 7)],
        1 => NaiveEdwards.Bytes(NaiveEdwards.P - random.Next(1, 4) + (System.Numerics.BigInteger.One << 255) * random.Next(2)),
        2 => Convert.FromHexString("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
        _ => Encode(EdwardsPoint.Base),
    };

    private static AffinePoint Packed(in PinnedWords points, int at) => AffinePoint.Unpack(points.Span.Slice(at * AffinePoint.PackedWords, AffinePoint.PackedWords));

    private static byte[] Encode(in EdwardsPoint point)
    {
        var bytes = new byte[EdwardsPoint.Size];
        point.Write(bytes);
        return bytes;
    }
}
