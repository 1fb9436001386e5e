using System.Runtime.InteropServices;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lanes;

namespace Prozchain.Zk.Commitments;

/// <summary>
/// The sums v - Σ λ_k p_k(x) of several points, over runs of rows: group after group of columns, which lies in the first-level cache
/// while each point that opens it takes its share.
/// </summary>
internal sealed class DeepColumns<TField, TParameters>
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
{
    // Even: products are summed in pairs.
    private const int GroupColumns = 8;
    private readonly List<Group> _groups = [];
    private readonly TField[][] _values;
    private readonly bool _ofRows;

    /// <param name="points">The points.</param>
    /// <param name="ofRows">Whether to take the matrices of which only the rows are kept, and no v; else the others.</param>
    public DeepColumns(IReadOnlyList<DeepPoint<TField, TParameters>> points, bool ofRows = false)
    {
        _ofRows = ofRows;
        var uses = new Dictionary<ExtendedMatrix<TField>, List<(int Point, DeepTerm<TField> Term)>>();
        for (int i = 0; i < points.Count; i++)
            foreach (DeepTerm<TField> term in points[i].Terms)
            {
                if (term.Matrix.IsKept == ofRows) continue;
                if (!uses.TryGetValue(term.Matrix, out List<(int, DeepTerm<TField>)>? known)) uses[term.Matrix] = known = [];
                known.Add((i, term));
            }
        foreach ((ExtendedMatrix<TField> matrix, List<(int Point, DeepTerm<TField> Term)> terms) in uses)
            for (int first = 0; first < matrix.Width;)
            {
                int count = Math.Min(GroupColumns, (ofRows ? matrix.Width : matrix.Extended.EndOf(first)) - first);
                if (count > 1) count &= ~1;
                int start = first;
                _groups.Add(new(matrix, first, count, [.. terms.Select(use => (use.Point, Factors(use.Term, start, count)))]));
                first += count;
            }
        _values = [.. points.Select(point => Enumerable.Range(0, 2 * TParameters.Degree).Select(i => i % 2 == 0 && !ofRows ? point.Value[i / 2] : TField.Zero).ToArray())];
    }

    /// <summary>Whether there is nothing to sum up.</summary>
    public bool IsEmpty => _groups.Count == 0;

    /// <summary>The sums in progress of rows, point by point: 2 * Degree * <paramref name="count"/> elements each.</summary>
    public void Sum(int from, int count, Span<TField> wide)
    {
        int size = 2 * TParameters.Degree * count;
        wide.Clear();
        TField one = TField.One;
        Span<TField> ones = stackalloc TField[count];
        ones.Fill(one);
        Span<TField> gathered = stackalloc TField[_ofRows ? GroupColumns * count : 1];
        for (int point = 0; point < _values.Length; point++) Add(ref ones[0], 0, _values[point], wide.Slice(point * size, size), count);
        foreach (Group group in _groups)
        {
            ref TField column = ref gathered[0];
            int stride = count;
            if (group.Matrix.Rows is { } rows)
            {
                // Rows may lie anywhere: side by side here.
                for (int i = 0; i < group.Count; i++) rows.Column(group.First + i, from + count).Span[from..].CopyTo(gathered[(i * count)..]);
            }
            else
            {
                column = ref MemoryMarshal.GetReference(group.Matrix.Column(group.First).Span.Slice(from, count));
                stride = group.Matrix.Extended.Stride;
            }
            // A single column goes with itself, and a factor of zero.
            if (group.Count == 1) stride = 0;
            foreach ((int point, TField[] factors) in group.Uses) Add(ref column, stride, factors, wide.Slice(point * size, size), count);
        }
    }

    /// <summary>Coordinate by coordinate the sums of one point.</summary>
    public static void Finish(Span<TField> wide, Span<TField> sums, int count)
    {
        var kernel = new FinishSumsKernel<TField>(wide, TParameters.Degree, sums, count);
        TField.Dispatch(ref kernel);
    }

    private static void Add(ref TField column, int stride, TField[] factors, Span<TField> wide, int count)
    {
        var kernel = new ColumnSumKernel<TField>(ref column, stride, factors, TParameters.Degree, wide, count);
        TField.Dispatch(ref kernel);
    }

    // Negated, coordinate by coordinate, an even number for each.
    private static TField[] Factors(DeepTerm<TField> term, int first, int count)
    {
        int even = count + (count & 1);
        var factors = new TField[even * TParameters.Degree];
        for (int power = 0; power < TParameters.Degree; power++)
            for (int i = 0; i < count; i++) factors[power * even + i] = -term.Coefficients[power][term.First + first + i];
        return factors;
    }

    private sealed record Group(ExtendedMatrix<TField> Matrix, int First, int Count, (int Point, TField[] Factors)[] Uses);
}
