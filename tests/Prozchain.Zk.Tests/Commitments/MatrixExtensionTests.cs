using Prozchain.Zk.Commitments;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;
using E = Prozchain.Zk.Fields.Extension<Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Fields.KoalaBear4>;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using Tree = Prozchain.Zk.Merkle.ByteMatrixHash<Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Hashing.Keccak256>;

namespace Prozchain.Zk.Tests;

public class MatrixExtensionTests
{
    public static IEnumerable<TheoryDataRow<int, int, bool, TransformOrder>> Sets =>
        from logRows in (int[])[0, 1, 3, 6, 9]
        from logBlowup in (int[])[1, 2, 3]
        from room in (bool[])[false, true]
        from order in (TransformOrder[])[TransformOrder.Natural, TransformOrder.BitReversed]
        select new TheoryDataRow<int, int, bool, TransformOrder>(logRows, logBlowup, room, order);

    [Theory]
    [MemberData(nameof(Sets))]
    public void Commit_AnyColumns_HoldsThePolynomialsOnEveryBlock(int logRows, int logBlowup, bool hasRoom, TransformOrder order)
    {
        const int Width = 3;
        int rows = 1 << logRows, stride = rows << (hasRoom ? logBlowup : 0);
        F shift = FieldTools.Element<F>(4), root = F.TwoAdicGenerator(logRows);
        F[][] polynomials = [.. Enumerable.Range(0, Width).Select(column => FieldTools.Elements<F>(rows, column))];
        var values = new F[Width * stride];
        for (int column = 0; column < Width; column++)
            for (int i = 0; i < rows; i++)
                values[column * stride + (order == TransformOrder.Natural ? i : Reverse(i, logRows))] =
                    FieldMath.Evaluate<F>(polynomials[column], shift * FieldMath.Power(root, (ulong)i));

        var set = new ColumnSet<F>(logRows, new(values, new ColumnLayout(Width, stride)), shift, hasRoom, order);
        ExtendedMatrix<F> matrix = new BatchCommitter<F, Tree>(logBlowup).Commit([set], 2).Matrices[0];
        Assert.Equal(hasRoom, matrix.Extended == set.Values);
        for (int column = 0; column < Width; column++)
            for (int position = 0; position < rows << logBlowup; position++)
            {
                F x = F.MultiplicativeGenerator * FieldMath.Power(F.TwoAdicGenerator(logRows + logBlowup), (ulong)Reverse(position, logRows + logBlowup));
                Assert.Equal(FieldMath.Evaluate<F>(polynomials[column], x), matrix.Column(column).Span[position]);
            }

        MatrixWindows<F> windows = new(new(logBlowup, 2));
        foreach (ExtendedMatrix<F> source in (ExtendedMatrix<F>[])[matrix, Rows(polynomials, logRows, logBlowup)])
        {
            for (int logWindow = 0; logWindow <= logRows; logWindow++)
            {
                foreach (int[]? columns in (int[]?[])[null, [2, 0]])
                {
                    ColumnMemory<F> found = new(columns?.Length ?? Width, rows + 1, length => new F[length], 2 * rows + 2);
                    F first = FieldTools.Element<F>(logWindow + 20);
                    windows.Fill(source, columns, logWindow, first, found);
                    for (int column = 0; column < found.Width; column++)
                        for (int i = 0; i < 1 << logWindow; i++)
                            Assert.Equal(FieldMath.Evaluate<F>(polynomials[columns?[column] ?? column], DomainPoints<F>.At(first, logWindow, i)), found.Column(column, rows).Span[i]);
                }
            }
            E point = FieldTools.Element<E>(9);
            E[] at = new PointEvaluator<F, KoalaBear4>(logRows, point, threads: 2, ofRows: !source.IsKept).Evaluate(source);
            for (int column = 0; column < Width; column++)
            {
                E expected = default;
                for (int i = rows - 1; i >= 0; i--) expected = expected * point + E.FromBase(polynomials[column][i]);
                Assert.Equal(expected, at[column]);
            }
            Assert.Throws<ArgumentException>(() => new PointEvaluator<F, KoalaBear4>(logRows, point, ofRows: source.IsKept).Evaluate(source));
        }
        F[][] opened = windows.Read(Rows(polynomials, logRows, logBlowup), [.. Enumerable.Range(0, rows << logBlowup)]);
        for (int position = 0; position < opened.Length; position++)
            for (int column = 0; column < Width; column++) Assert.Equal(matrix.Column(column).Span[position], opened[position][column]);
    }

    // The same polynomials by their values on the subgroup, each column in memory of its own.
    private static ExtendedMatrix<F> Rows(F[][] polynomials, int logRows, int logBlowup)
    {
        F root = F.TwoAdicGenerator(logRows);
        Memory<F>[] columns = [.. polynomials.Select(polynomial => (Memory<F>)Enumerable.Range(0, 1 << logRows).Select(i => FieldMath.Evaluate<F>(polynomial, FieldMath.Power(root, (ulong)i))).ToArray())];
        return new(logRows, logBlowup, new ColumnMemory<F>(columns), isKept: false);
    }

    private static int Reverse(int value, int bits) => bits == 0 ? 0 : (int)(Convert.ToUInt32(new string([.. Convert.ToString(value, 2).PadLeft(bits, '0').Reverse()]), 2));
}
