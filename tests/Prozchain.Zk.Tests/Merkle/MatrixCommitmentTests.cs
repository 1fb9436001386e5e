using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Merkle;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests;

public class MatrixCommitmentTests
{
    [Fact]
    public void VerifyRow_EveryRow_YieldsTheRow()
    {
        MatrixCommitment<F, Keccak256> commitment = MerkleTools.PowersOfThree<Keccak256>();
        var row = new F[3];
        for (int i = 0; i < 8; i++)
        {
            Assert.Equal(VerifyResult.Valid, commitment.Open(i).VerifyRow<F, Keccak256>(commitment.Root, 8, i, row));
            for (int c = 0; c < 3; c++) Assert.Equal(MerkleTools.PowersOfThree(c).Span[i], row[c]);
        }
    }

    [Fact]
    public void VerifyRow_WrongStatement_IsRefusedAndYieldsNothing()
    {
        MatrixCommitment<F, Keccak256> commitment = MerkleTools.PowersOfThree<Keccak256>();
        MerkleOpening opening = commitment.Open(2);
        F[] row = [F.One, F.One, F.One];
        Assert.Equal(VerifyResult.WrongIndex, opening.VerifyRow<F, Keccak256>(commitment.Root, 8, 1, row));
        Assert.Equal(new F[3], row);
        Assert.Equal(VerifyResult.WrongShape, opening.VerifyRow<F, Keccak256>(commitment.Root, 4, 2, row));
        Assert.Equal(VerifyResult.WrongShape, opening.VerifyRow<F, Keccak256>(commitment.Root, 8, 2, new F[2]));
        Assert.Equal(VerifyResult.RootMismatch, opening.VerifyRow<F, Sha256>(commitment.Root, 8, 2, row));
        Assert.Equal(VerifyResult.RootMismatch, opening.VerifyRow<F, Keccak256>(new byte[32], 8, 2, row));
    }

    [Fact]
    public void VerifyRow_CommitmentToNonCanonicalBytes_IsRefused()
    {
        // A prover may commit to any bytes; what is no element must not come out as one.
        byte[] leaves = [.. BitConverter.GetBytes(1u), .. BitConverter.GetBytes(KoalaBear.Modulus + 1)];
        MerkleTree<Keccak256> tree = MerkleTree<Keccak256>.Commit(leaves, new MerkleShape(1, 8));
        F[] row = [F.One, F.One];
        Assert.Equal(VerifyResult.NonCanonicalElement, tree.Open(0, leaves).VerifyRow<F, Keccak256>(tree.Root, 1, 0, row));
        Assert.Equal(new F[2], row);
    }

    [Fact]
    public void Open_ColumnChangedAfterCommit_Throws()
    {
        F[] column = FieldTools.Elements<F>(4, 1);
        MatrixCommitment<F, Keccak256> commitment = MatrixCommitment<F, Keccak256>.Commit([column]);
        column[2] += F.One;
        Assert.Throws<ArgumentException>(() => commitment.Open(2));
        Assert.Equal(1, commitment.Open(1).Index);
        Assert.Throws<ArgumentOutOfRangeException>(() => commitment.Open(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => commitment.Open(-1));
    }

    [Fact]
    public void Commit_ImpossibleColumns_Throws()
    {
        Assert.Throws<ArgumentException>(() => MatrixCommitment<F, Keccak256>.Commit([]));
        Assert.Throws<ArgumentException>(() => MatrixCommitment<F, Keccak256>.Commit([new F[3]]));
        Assert.Throws<ArgumentException>(() => MatrixCommitment<F, Keccak256>.Commit([ReadOnlyMemory<F>.Empty]));
        Assert.Throws<ArgumentException>(() => MatrixCommitment<F, Keccak256>.Commit([new F[4], new F[2]]));
        Assert.Throws<ArgumentException>(() => MerkleTree<Keccak256>.Commit(new byte[9], new MerkleShape(2, 4)));
        Assert.Throws<ArgumentException>(() => MerkleTree<Keccak256>.Commit([], default));
        Assert.Throws<ArgumentException>(() => MerkleOpening.TryRead([], default, out _));
        Assert.Throws<ArgumentException>(() => MerkleTree<Keccak256>.Commit(new byte[8], new MerkleShape(2, 4)).Open(0, [1, 2, 3, 4]));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-1, 1)]
    [InlineData(3, 1)]
    [InlineData(MerkleShape.MaxLeafCount * 2, 1)]
    [InlineData(2, -1)]
    [InlineData(2, MerkleShape.MaxLeafSize + 1)]
    public void Shape_OutOfRange_Throws(int count, int size) => Assert.Throws<ArgumentException>(() => new MerkleShape(count, size));

    [Fact]
    public void OfMatrix_TooManyColumns_Throws() => Assert.Throws<ArgumentException>(() => MerkleShape.OfMatrix<F>(2, int.MaxValue));

    [Fact]
    public void Commit_LongWork_ReportsAndCancels()
    {
        var reports = new List<int>();
        var shape = new MerkleShape(1 << 13, 1);
        MerkleTree<Sha256>.Commit(new byte[1 << 13], shape, new Collector(reports));
        Assert.Equal([1 << 12, 1 << 13, 1 << 13], reports);
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => MerkleTree<Sha256>.Commit(new byte[1 << 13], shape, cancellation: source.Token));
    }

    private sealed class Collector(List<int> reports) : IProgress<int>
    {
        public void Report(int value) => reports.Add(value);
    }
}
