using System.Runtime.InteropServices;
using Prozchain.Testing;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Merkle;

namespace Prozchain.Zk.Tests;

public class FieldWordsTests
{
    [Fact]
    public void Encode_EveryLength_EqualsOneByOne() => Check();

    [Theory]
    [InlineData(InstructionSet.Avx512)]
    [InlineData(InstructionSet.Avx2)]
    [InlineData(InstructionSet.All)]
    public void Encode_WithoutInstructionSets_EqualsOneByOne(InstructionSet set) => IsaRerun.Without(set, Check);

    [Fact]
    public void HashRows_ManyRows_EqualsRowByRow()
    {
        Assert.True(FieldWords.IsSupported<Field31<BabyBear>>());
        ReadOnlyMemory<Field31<BabyBear>>[] columns = [.. Enumerable.Range(0, 37).Select(c => (ReadOnlyMemory<Field31<BabyBear>>)FieldTools.Elements<Field31<BabyBear>>(128, c))];
        byte[] digests = new byte[101 * 32], one = new byte[32];
        ByteMatrixHash<Field31<BabyBear>, Blake3>.HashRows(columns, 5, digests);
        for (int row = 0; row < 101; row++)
        {
            byte[] encoded = new byte[37 * sizeof(uint)];
            for (int i = 0; i < columns.Length; i++) columns[i].Span[5 + row].Write(encoded.AsSpan(i * sizeof(uint)));
            Blake3.Hash(encoded, one);
            Assert.Equal(one, digests[(32 * row)..(32 * row + 32)]);
        }
        AllocationAssert.None(() => ByteMatrixHash<Field31<BabyBear>, Blake3>.HashRows(columns, 5, digests));
    }

    [Fact]
    public void HashRows_ManyRows_LeavesNoElementInThePool()
    {
        // The pool gives a thread the array that it returned last (unless it was trimmed meanwhile).
        ReadOnlyMemory<Field31<KoalaBear>>[] columns = [.. Enumerable.Range(0, 37).Select(c => (ReadOnlyMemory<Field31<KoalaBear>>)FieldTools.Elements<Field31<KoalaBear>>(128, c))];
        uint[] secret = System.Buffers.ArrayPool<uint>.Shared.Rent(37 * 64);
        System.Buffers.ArrayPool<uint>.Shared.Return(secret, clearArray: true);
        ByteMatrixHash<Field31<KoalaBear>, Blake3>.HashRows(columns, 5, new byte[112 * 32]);
        Assert.All(secret, word => Assert.Equal(0u, word));
    }

    [Fact]
    public void TryDecode_WordThatIsNotBelowTheModulus_IsRefusedWhereverItStands()
    {
        foreach (int length in (int[])[1, 15, 16, 17, 255, 256, 257, 600])
        {
            uint[] words = new uint[length];
            var elements = new Field31<KoalaBear>[length];
            for (int at = 0; at < length; at++)
            {
                words[at] = KoalaBear.Modulus;
                Assert.False(FieldWords.TryDecode<Field31<KoalaBear>>(words, elements));
                words[at] = uint.MaxValue;
                Assert.False(FieldWords.TryDecode<Field31<KoalaBear>>(words, elements));
                words[at] = KoalaBear.Modulus - 1;
            }
            Assert.True(FieldWords.TryDecode<Field31<KoalaBear>>(words, elements));
            Assert.All(elements, element => Assert.Equal(-Field31<KoalaBear>.One, element));
        }
    }

    private static void Check()
    {
        Check<KoalaBear>();
        Check<BabyBear>();
    }

    private static void Check<T>() where T : struct, IField31Parameters
    {
        uint[] edges = [0, 1, 2, T.Modulus - 1, T.Modulus - 2, T.MontgomeryOne, T.MontgomerySquare, T.Modulus / 2];
        for (int length = 0; length < 100; length++)
        {
            Field31<T>[] elements = FieldTools.Elements<Field31<T>>(length, length);
            for (int i = 0; i < Math.Min(length, edges.Length); i++) MemoryMarshal.Cast<Field31<T>, uint>(elements.AsSpan())[i] = edges[i];
            using var source = new GuardedMemory<Field31<T>>(elements);
            using var words = new GuardedMemory<uint>(length);
            FieldWords.Encode<Field31<T>>(source.Span, words.Span);
            Assert.Equal(elements.Select(element => element.ToUInt32()), words.Span.ToArray());
            using var decoded = new GuardedMemory<Field31<T>>(length);
            Assert.True(FieldWords.TryDecode<Field31<T>>(words.Span, decoded.Span));
            Assert.Equal(elements, decoded.Span.ToArray());
        }
    }
}
