using Prozchain.DataAvailability.Rows;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Rows;

public class RowVerifierTests
{
    [Theory]
    [InlineData(1, 1, 64)]
    [InlineData(1, 3, 64)]
    [InlineData(2, 2, 128)]
    [InlineData(8, 24, 192)]
    [InlineData(16, 112, 64)]
    public void Verify_EveryRow_IsValidAndOnlyAtItsIndex(int k, int n, int size)
    {
        ExtendedRows rows = TestRows.Full(k, n, size);
        RowVerifier verifier = TestRows.Verifier(rows);
        for (int i = 0; i < k + n; i++)
        {
            RowProof proof = rows.Prove(i);
            Assert.Equal(RowCheck.Valid, verifier.Verify(proof, out CheckedRow? row));
            Assert.Equal(i, row!.Index);
            Assert.Equal(rows.GetRow(i).ToArray(), row.Content.ToArray());
            // One row and its parity are the same bytes, so that both places are right.
            if (k + n > 2) Assert.Equal(RowCheck.BadProof, verifier.Verify(i ^ 1, proof.Row.Span, proof.Path.Span));
            Assert.Equal(RowCheck.OutsideRows, verifier.Verify(k + n, proof.Row.Span, proof.Path.Span));
            Assert.Equal(RowCheck.OutsideRows, verifier.Verify(-1, proof.Row.Span, proof.Path.Span));
            Assert.Equal(RowCheck.WrongSize, verifier.Verify(i, proof.Row.Span[..^64], proof.Path.Span));
            Assert.Equal(RowCheck.WrongSize, verifier.Verify(i, proof.Row.Span, proof.Path.Span[..^32]));
            Assert.Equal(i < k ? RowCheck.Valid : RowCheck.NeedsVector, (i < k ? rows.Prove(i, standalone: true) : proof).Verify(rows.Commitment));
        }
    }

    [Fact]
    public void Verify_FlippedBit_IsBlamedOnTheSender()
    {
        ExtendedRows rows = TestRows.Full(8, 24, 128);
        RowVerifier verifier = TestRows.Verifier(rows);
        RowProof proof = rows.Prove(20), alone = rows.Prove(3, standalone: true);
        for (int bit = 0; bit < 8 * 128; bit++)
            Assert.Equal(RowCheck.BadProof, verifier.Verify(20, Flipped(proof.Row, bit), proof.Path.Span));
        for (int bit = 0; bit < 8 * proof.Path.Length; bit++)
            Assert.Equal(RowCheck.BadProof, verifier.Verify(20, proof.Row.Span, Flipped(proof.Path, bit)));
        for (int bit = 0; bit < 8 * 128; bit += 7)
            Assert.Equal(RowCheck.BadProof, new RowProof(3, Flipped(alone.Row, bit), alone.Path.ToArray(), alone.RlcPath.ToArray()).Verify(rows.Commitment));
        for (int bit = 0; bit < 8 * alone.RlcPath.Length; bit++)
            Assert.Equal(RowCheck.BadProof, new RowProof(3, alone.Row.ToArray(), alone.Path.ToArray(), Flipped(alone.RlcPath, bit)).Verify(rows.Commitment));
        Assert.Equal(RowCheck.NeedsVector, rows.Prove(3).Verify(rows.Commitment));
    }

    /// <summary>What the verifier takes, anyone without the vector takes too, or is told that it needs it: who hands it on is never wrong.</summary>
    [Fact]
    public void Verify_PathOfTheRlcThatIsNotIt_IsRefusedWithTheVectorToo()
    {
        ExtendedRows rows = TestRows.Full(8, 24, 64);
        RowVerifier verifier = TestRows.Verifier(rows);
        RowProof alone = rows.Prove(3, standalone: true), parity = rows.Prove(20);
        Assert.Equal(RowCheck.Valid, verifier.Verify(alone, out _));
        Assert.Equal(RowCheck.BadProof, verifier.Verify(With(alone, Flipped(alone.RlcPath, 9)), out CheckedRow? row));
        Assert.Null(row);
        Assert.Equal(RowCheck.WrongSize, verifier.Verify(With(alone, alone.RlcPath.ToArray()[32..]), out _));
        Assert.Equal(RowCheck.WrongSize, verifier.Verify(With(parity, new byte[32]), out _));
        Assert.Equal(RowCheck.WrongSize, verifier.Verify(With(parity, alone.RlcPath.ToArray()), out _));

        static RowProof With(RowProof proof, byte[] rlcPath) => new(proof.Index, proof.Row.ToArray(), proof.Path.ToArray(), rlcPath);
    }

    [Fact]
    public void Verify_RowThatTheCodeDoesNotMake_IsBlamedOnTheProducer()
    {
        RowParameters parameters = new(64, 8, 24);
        byte[] bytes = TestRows.Full(8, 24, 64).Rows.ToArray();
        // The producer changes one symbol of two parity rows and of one data row before it commits.
        foreach (int row in (int[])[5, 13, 30]) bytes[row * 64 + 7] ^= 1;
        ExtendedRows rows = new RowWork(parameters, bytes, 1, null, default).Commit();
        RowVerifier verifier = TestRows.Verifier(rows);
        for (int i = 8; i < 32; i++)
            Assert.Equal(RowCheck.NotACodeword, verifier.Verify(rows.Prove(i), out _));   // data row 5 changes all of the parity's RLCs
        for (int i = 0; i < 8; i++) Assert.Equal(RowCheck.Valid, verifier.Verify(rows.Prove(i), out _));

        bytes[5 * 64 + 7] ^= 1;
        rows = new RowWork(parameters, bytes, 1, null, default).Commit();
        verifier = TestRows.Verifier(rows);
        for (int i = 0; i < 32; i++)
            Assert.Equal(i is 13 or 30 ? RowCheck.NotACodeword : RowCheck.Valid, verifier.Verify(rows.Prove(i), out _));
    }

    [Fact]
    public void TryCreate_WrongVectors_AreRefused()
    {
        ExtendedRows rows = TestRows.Full(4, 12, 64), other = TestRows.Full(8, 8, 64);
        byte[] values = rows.Rlc.Values.ToArray();
        values[17] ^= 4;
        Assert.Equal(RowCheck.BadProof, RowVerifier.TryCreate(rows.Commitment, new RlcVector(rows.Rlc.RowRootBytes, values), out RowVerifier? verifier));
        Assert.Null(verifier);
        Assert.Equal(RowCheck.WrongSize, other.Rlc.Verify(rows.Commitment));
        Assert.Equal(RowCheck.BadProof, new RlcVector(other.Rlc.RowRootBytes, rows.Rlc.Values.ToArray()).Verify(rows.Commitment));
        // The shape is no part of the digest's input but of the coefficients': under another one rows do not verify.
        var reshaped = new RowCommitment(new RowParameters(64, 4, 4), rows.Commitment.Digest);
        Assert.Equal(RowCheck.Valid, RowVerifier.TryCreate(reshaped, rows.Rlc, out verifier));
        Assert.NotEqual(RowCheck.Valid, verifier!.Verify(rows.Prove(0), out _));
        Assert.NotEqual(RowCheck.Valid, rows.Prove(0, standalone: true).Verify(reshaped));
    }

    [Fact]
    public void Verify_WarmedUp_AllocatesNothing()
    {
        ExtendedRows rows = TestRows.Full(8, 24, 1024);
        RowVerifier verifier = TestRows.Verifier(rows);
        RowProof proof = rows.Prove(11);
        AllocationAssert.None(() => Assert.True(verifier.Verify(11, proof.Row.Span, proof.Path.Span) == RowCheck.Valid));
    }

    [Fact]
    public void Parameters_OutOfRange_Throw()
    {
        Assert.ThrowsAny<ArgumentException>(() => new RowParameters(63, 4, 4));
        Assert.ThrowsAny<ArgumentException>(() => new RowParameters(0, 4, 4));
        Assert.ThrowsAny<ArgumentException>(() => new RowParameters(RowParameters.MaxRowSize + 64, 4, 4));
        Assert.ThrowsAny<ArgumentException>(() => new RowParameters(64, 3, 5));
        Assert.ThrowsAny<ArgumentException>(() => new RowParameters(64, 4, 5));
        Assert.ThrowsAny<ArgumentException>(() => new RowParameters(64, 4, 0));
        Assert.ThrowsAny<ArgumentException>(() => new RowParameters(64, 0, 4));
        Assert.ThrowsAny<ArgumentException>(() => new RowParameters(64, 65536, 65536));
        Assert.ThrowsAny<ArgumentException>(() => new RowParameters(64, 16384, 49152));
        Assert.ThrowsAny<ArgumentException>(() => new RowParameters(65536, 32768, 32768));
        Assert.ThrowsAny<ArgumentException>(() => ExtendedRows.Encode(new byte[257], new RowParameters(64, 4, 4)));
        Assert.ThrowsAny<ArgumentException>(() => ExtendedRows.Extend(new byte[256], new RowParameters(64, 4, 4)));
        Assert.ThrowsAny<ArgumentException>(() => ExtendedRows.Encode([], new RowParameters(64, 4, 4), 0));
        Assert.Equal(64, RowParameters.RowSizeFor(0, 4));
        Assert.Equal(64, RowParameters.RowSizeFor(256, 4));
        Assert.Equal(128, RowParameters.RowSizeFor(257, 4));
        Assert.ThrowsAny<ArgumentException>(() => RowParameters.RowSizeFor(1 + 4L * RowParameters.MaxRowSize, 4));
        Assert.ThrowsAny<ArgumentException>(() => RowParameters.RowSizeFor(long.MaxValue, 4));
        ExtendedRows rows = TestRows.Full(4, 4, 64);
        Assert.ThrowsAny<ArgumentException>(() => rows.Prove(8));
        Assert.ThrowsAny<ArgumentException>(() => rows.Prove(4, standalone: true));
    }

    private static byte[] Flipped(ReadOnlyMemory<byte> bytes, int bit)
    {
        byte[] flipped = bytes.ToArray();
        flipped[bit / 8] ^= (byte)(1 << bit % 8);
        return flipped;
    }
}
