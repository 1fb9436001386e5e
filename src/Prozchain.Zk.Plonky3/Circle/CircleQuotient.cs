using System.Diagnostics;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Merkle;
using Prozchain.Zk.Plonky3.Stark;

namespace Prozchain.Zk.Plonky3.Circle;

/// <summary>The quotient of a table's constraints on the domain twice as large as the trace's.</summary>
internal static class CircleQuotient<TExt> where TExt : unmanaged, IExtensionField<TExt, Mersenne31>
{
    /// <summary>A column for each coefficient of the quotient, one after the other.</summary>
    public static Mersenne31[] Evaluate(QuotientRows<Mersenne31, TExt> committed, int logBlowup)
    {
        int logSize = committed.LogRows + 1, size = 1 << logSize;
        QuotientRows<Mersenne31, TExt> rows = committed.WithColumns(matrix => matrix is null ? null : Restrict(matrix, committed.LogRows, logBlowup));
        var columns = new Mersenne31[TExt.Degree << logSize];
        var rowOf = new int[size];
        for (int row = 0; row < size; row++) rowOf[CircleDomain.IndexOfRow(logSize, row)] = row;
        CirclePoint<Mersenne31> first = CircleDomain.Generator(committed.LogRows + 1);
        for (int i = 0; i < size; i++)
        {
            // The next point of a trace's domain is two points on.
            if (!CircleSelectors.TryEvaluate(CircleDomain.Point(logSize, i), first, committed.LogRows, out Selectors<Mersenne31> selectors))
                throw new UnreachableException("The two domains have no point in common.");
            TExt quotient = rows.Evaluate(rowOf[i], rowOf[(i + 2) & (size - 1)], selectors) * selectors.Vanishing.Inverse();
            for (int k = 0; k < TExt.Degree; k++) columns[(k << logSize) + i] = quotient[k];
        }
        return columns;
    }

    // The same columns on the quotient's domain; larger domains do not contain it.
    private static CommittedMatrix<Mersenne31> Restrict(CommittedMatrix<Mersenne31> matrix, int logRows, int logBlowup)
    {
        if (logBlowup == 1) return matrix;
        var columns = new Mersenne31[matrix.Width << (logRows + 1)];
        for (int i = 0; i < matrix.Width; i++)
            CircleTransform.Values(CircleTransform.Interpolate(matrix.Column(i)).AsSpan(0, 1 << (logRows + 1))).CopyTo(columns, i << (logRows + 1));
        return new(logRows + 1, matrix.Width, columns);
    }
}
