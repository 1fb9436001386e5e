using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Fri;

namespace Prozchain.Zk.Plonky3.Circle;

/// <summary>
/// Joins the openings of all columns at a query into one value for each height. A column's value at a point leaves two
/// quotients, the parts of the line through the point and its mirror image, so powers run on by twice the width.
/// </summary>
internal static class CircleReducer<TExt> where TExt : unmanaged, IExtensionField<TExt, Mersenne31>
{
    /// <summary>False if a point claimed lies in the committed domain.</summary>
    public static bool TryReduce(
        IReadOnlyList<Claim<TExt>> claims, RowOpening<Mersenne31>[] inputs, TExt alpha, int query, int index, int logMax, int logBlowup, out TExt[] reduced)
    {
        reduced = new TExt[logMax + 1];
        var offsets = new TExt[logMax + 1];
        Array.Fill(offsets, TExt.One);
        for (int commitment = 0; commitment < claims.Count; commitment++)
        {
            MatrixClaim<TExt>[] matrices = claims[commitment].Matrices;
            for (int m = 0; m < matrices.Length; m++)
            {
                int logHeight = matrices[m].LogRows + logBlowup;
                CirclePoint<TExt> point = CircleDomain.Lift<TExt>(CircleDomain.RowPoint(logHeight, index >> (logMax - logHeight)));
                Mersenne31[] row = inputs[commitment].Rows[query][m];
                TExt power = FieldMath.Power(alpha, (ulong)row.Length);
                for (int p = 0; p < matrices[m].Points.Length; p++)
                {
                    CirclePoint<TExt> difference = point - CirclePoint<TExt>.OfScalar(matrices[m].Points[p]);
                    TExt re = TExt.One - difference.X, im = -difference.Y, norm = re * re + im * im;
                    if (norm == TExt.Zero) return false;
                    TExt sum = TExt.Zero;
                    for (int k = row.Length - 1; k >= 0; k--) sum = sum * alpha + (TExt.FromBase(row[k]) - matrices[m].Values[p][k]);
                    reduced[logHeight] += offsets[logHeight] * (re - power * im) * norm.Inverse() * sum;
                    offsets[logHeight] *= power * power;
                }
            }
        }
        return true;
    }
}
