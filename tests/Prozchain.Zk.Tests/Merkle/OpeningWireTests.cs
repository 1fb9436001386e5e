using System.Security.Cryptography;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Merkle;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests;

public class OpeningWireTests
{
    [Fact]
    public void TryRead_WrongBytes_NamesTheReason()
    {
        MerkleShape shape = MerkleShape.OfMatrix<F>(8, 3);
        byte[] encoded = MerkleTools.Encode(MerkleTools.PowersOfThree<Keccak256>().Open(1));
        Assert.Equal(ReadResult.Ok, MerkleOpening.TryRead(encoded, shape, out _));
        for (int length = 0; length < encoded.Length; length++)
            Assert.Equal(ReadResult.Truncated, MerkleOpening.TryRead(encoded.AsSpan(0, length), shape, out _));
        Assert.Equal(ReadResult.TrailingBytes, MerkleOpening.TryRead([.. encoded, 0], shape, out _));
        Assert.Equal(ReadResult.UnsupportedVersion, MerkleOpening.TryRead([1, .. encoded.AsSpan(1)], shape, out _));
        Assert.Equal(ReadResult.OutOfRange, MerkleOpening.TryRead([0, 8, 0, 0, 0, .. encoded.AsSpan(5)], shape, out _));
        Assert.Equal(ReadResult.OutOfRange, MerkleOpening.TryRead([0, 1, 0, 0, 0x80, .. encoded.AsSpan(5)], shape, out MerkleOpening? opening));
        Assert.Null(opening);
    }

    [Fact]
    public void TryRead_HostileBytes_NeverThrowsAndReadsOnlyWhatItWrites()
    {
        MatrixCommitment<F, Keccak256> commitment = MerkleTools.PowersOfThree<Keccak256>();
        byte[][] seeds = [.. Enumerable.Range(0, 8).Select(i => MerkleTools.Encode(commitment.Open(i)))];
        var row = new F[3];
        int read = 0, at = 0;
        Testing.HostileBytes.Feed(seeds, bytes =>
        {
            int index = at++ % 8;
            if (MerkleOpening.TryRead(bytes, commitment.Shape, out MerkleOpening? opening) != ReadResult.Ok) return;
            read++;
            Assert.Equal(bytes, MerkleTools.Encode(opening!));
            if (read % 10 != 0) return;
            bool valid = opening!.VerifyRow<F, Keccak256>(commitment.Root, 8, index, row) == VerifyResult.Valid;
            Assert.Equal(bytes.SequenceEqual(seeds[index]), valid);
        });
        Assert.True(read > 1000, $"Only {read} mutations were read at all.");
    }

    [Fact]
    public void Write_SeededCases_AreFrozen()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int depth = 0; depth < 6; depth++)
            for (int columns = 1; columns < 5; columns++)
            {
                ReadOnlyMemory<F>[] matrix = [.. Enumerable.Range(0, columns).Select(c => (ReadOnlyMemory<F>)Matrix(depth, c))];
                MatrixCommitment<F, Keccak256> keccak = MatrixCommitment<F, Keccak256>.Commit(matrix);
                MatrixCommitment<F, Sha256> sha = MatrixCommitment<F, Sha256>.Commit(matrix);
                hash.AppendData(MerkleTools.Encode(keccak.Open(columns % (1 << depth))));
                hash.AppendData(MerkleTools.Encode(sha.Open((1 << depth) - 1)));
            }
        // A change of this constant is a change of the format.
        Assert.Equal("0f43ade0bde50535161537c85ffebf580c6b64f4fc4a97b23eb47f3f88651f05", Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static F[] Matrix(int depth, int column)
    {
        var values = new F[1 << depth];
        F at = F.FromUInt32((uint)(17 * column + depth + 2));
        for (int i = 0; i < values.Length; i++) values[i] = at *= at + F.One;
        return values;
    }
}
