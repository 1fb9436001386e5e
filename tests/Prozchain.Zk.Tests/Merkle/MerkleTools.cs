using System.Buffers;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Merkle;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests;

internal static class MerkleTools
{
    /// <summary>Three columns of eight rows: 3 to the powers 0, 1, 2, … row by row.</summary>
    public static MatrixCommitment<F, THash> PowersOfThree<THash>() where THash : struct, IBatchDigest<THash> =>
        MatrixCommitment<F, THash>.Commit([.. Enumerable.Range(0, 3).Select(PowersOfThree)]);

    public static ReadOnlyMemory<F> PowersOfThree(int column) =>
        Enumerable.Range(0, 8).Select(row => FieldMath.Power(F.FromUInt32(3), (ulong)(row * 3 + column))).ToArray();

    public static byte[] Encode(MerkleOpening opening)
    {
        var output = new ArrayBufferWriter<byte>();
        opening.Write(output);
        Assert.Equal(opening.EncodedSize, output.WrittenCount);
        return output.WrittenSpan.ToArray();
    }
}
