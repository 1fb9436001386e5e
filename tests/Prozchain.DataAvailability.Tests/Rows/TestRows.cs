using Prozchain.DataAvailability.Rows;

namespace Prozchain.DataAvailability.Tests.Rows;

/// <summary>Small row codes and the shortcuts that their tests share.</summary>
internal static class TestRows
{
    public static ExtendedRows Full(int k, int n, int size, int seed = 1) => ExtendedRows.Encode(TestSquares.Random(seed, k * size), new RowParameters(size, k, n));

    public static RowVerifier Verifier(ExtendedRows rows)
    {
        Assert.Equal(RowCheck.Valid, RowVerifier.TryCreate(rows.Commitment, rows.Rlc, out RowVerifier? verifier));
        Assert.NotNull(verifier);
        return verifier;
    }

    public static CheckedRow Checked(RowVerifier verifier, RowProof proof)
    {
        Assert.Equal(RowCheck.Valid, verifier.Verify(proof, out CheckedRow? row));
        Assert.NotNull(row);
        return row;
    }
}
