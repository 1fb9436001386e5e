using System.Numerics;
using Prozchain.DataAvailability.Coding;
using Prozchain.DataAvailability.Rows;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Rows;

public class RowHeaderTests
{
    [Fact]
    public void TryVerify_HonestHeader_ChecksEveryRowForWhoKnowsTheDigest()
    {
        ExtendedRows rows = TestRows.Full(4, 12, 128);
        RowHeader header = Read(TestSquares.Encoded(rows.Header.WriteTo));
        Assert.True(header.Commitment.IsSame(rows.Commitment));
        Assert.Equal(RowCheck.Valid, header.TryVerify(out RowVerifier? verifier));
        for (int i = 0; i < 16; i++) Assert.Equal(RowCheck.Valid, verifier!.Verify(rows.Prove(i), out _));
    }

    /// <summary>The digest does not bind the shape; the row that comes along does, a parity row as well as a data row.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(11)]
    public void TryVerify_LieAboutTheShape_IsRefused(int shown)
    {
        ExtendedRows rows = TestRows.Full(4, 12, 128);
        RowProof right = rows.Prove(shown);
        var honest = new RowHeader(rows.Parameters, rows.Rlc, right);
        Assert.Equal(RowCheck.Valid, honest.TryVerify(out _));
        foreach ((int n, int size) in new[] { (4, 128), (28, 128), (12, 64), (12, 192) })
        {
            // What the liar shows has the length that the shape asks for: it cannot be read otherwise.
            byte[] row = new byte[size], path = new byte[32 * BitOperations.Log2((uint)(4 + n))];
            right.Row.Span[..Math.Min(size, 128)].CopyTo(row);
            right.Path.Span[..Math.Min(path.Length, right.Path.Length)].CopyTo(path);
            var parameters = new RowParameters(size, 4, n);
            RowHeader lie = Read(TestSquares.Encoded(new RowHeader(parameters, rows.Rlc, new RowProof(shown % parameters.Rows, row, path, [])).WriteTo));
            Assert.True(lie.Commitment.Digest.SequenceEqual(rows.Commitment.Digest));
            Assert.NotEqual(RowCheck.Valid, lie.TryVerify(out RowVerifier? verifier));
            Assert.Null(verifier);
        }
        // Without the row the lie would stand.
        Assert.Equal(RowCheck.Valid, RowVerifier.TryCreate(new RowCommitment(new RowParameters(64, 4, 4), rows.Commitment.Digest), rows.Rlc, out _));
    }

    [Fact]
    public void TryVerify_HostileBytes_PassOnlyIfUntouched()
    {
        ExtendedRows rows = TestRows.Full(2, 6, 64);
        byte[] right = TestSquares.Encoded(rows.Header.WriteTo);
        HostileBytes.Feed([right], bytes =>
        {
            if (RowHeader.TryRead(bytes, out RowHeader? header) != ReadResult.Ok) return;
            if (header!.Commitment.Digest.SequenceEqual(rows.Commitment.Digest) && header.TryVerify(out _) == RowCheck.Valid) Assert.Equal(right, bytes);
        }, 5_000);
    }

    [Fact]
    public void MaxEncodedSize_OfAllShapes_IsTheLongest()
    {
        int header = 0, proof = 0;
        for (int all = 2; all <= RowParameters.MaxRows; all *= 2)
        {
            int size = Math.Min(RowParameters.MaxRowSize, Array.MaxLength / all / 64 * 64);
            for (int data = 1; data < all; data *= 2)
            {
                if (!LeopardReedSolomon.Wide.Supports(data, all - data)) continue;
                var parameters = new RowParameters(size, data, all - data);
                header = Math.Max(header, RowHeader.EncodedSize(parameters));
                proof = Math.Max(proof, RowProof.EncodedSize(parameters));
            }
        }
        Assert.Equal(RowHeader.MaxEncodedSize, header);
        Assert.InRange(proof, RowProof.MaxEncodedSize - 31 * 32, RowProof.MaxEncodedSize);
    }

    private static RowHeader Read(byte[] bytes)
    {
        Assert.Equal(ReadResult.Ok, RowHeader.TryRead(bytes, out RowHeader? header));
        return header!;
    }
}
