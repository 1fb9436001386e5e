using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Transcripts;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Commitments;

/// <summary>The queries on their way through the folds: positions, ascending and each once, with the values that must stand there.</summary>
internal sealed class FoldPath<TField, TParameters>
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
{
    private readonly ClaimPlan<TField, Extension<TField, TParameters>> _plan;
    private readonly QuotientValues<TField, TParameters> _quotients;
    private int[] _positions;
    private Extension<TField, TParameters>[] _values;
    private TField _shift = TField.MultiplicativeGenerator;
    private int _logSize, _round, _height = 1;

    public FoldPath(ClaimPlan<TField, Extension<TField, TParameters>> plan, QuotientValues<TField, TParameters> quotients, int[] positions)
    {
        (_plan, _quotients, _positions, _logSize) = (plan, quotients, positions, plan.LogDomain);
        _values = quotients.At(0, positions);
    }

    /// <summary>Receives the rows at the positions, checks them against the root and the values, and folds them.</summary>
    public VerifyResult Fold<TTree, THash>(VerifierTranscript<THash> transcript, byte[] cap, Extension<TField, TParameters> beta)
        where TTree : struct, IMatrixHash<TField>
        where THash : struct, IDigest<THash>
    {
        int log = _plan.Folds[_round++], arity = 1 << log, degree = TParameters.Degree;
        int[] rows = FoldOpening<TField, TParameters>.Rows(_positions, log);
        var plan = new OpeningPlan(FoldOpening<TField, TParameters>.Shape(_logSize, log), rows);
        if (!transcript.TryReceiveUnbound(FoldOpening<TField, TParameters>.Size(plan, log), out ReadOnlySpan<byte> bytes)) return VerifyResults.Of(transcript.Failure);
        var opening = new BatchOpening<TField>(plan);
        if (!FoldOpening<TField, TParameters>.TryRead(bytes, opening, _positions, _values, log)) return VerifyResults.Of(transcript.Refuse(ReadResult.NonCanonicalElement));
        VerifyResult result = opening.VerifyAsPlanned<TTree>(cap, out OpenedRows<TField>? opened);
        if (result != VerifyResult.Valid) return result;

        // The value left out is the tree's by now; where queries share a row, the other ones' are compared.
        for (int i = 0; i < _positions.Length; i++)
            if (Value(opened!.Row(0, _positions[i] >> log), _positions[i] & (arity - 1)) != _values[i]) return VerifyResult.WrongFold;

        var folded = new Extension<TField, TParameters>[rows.Length];
        Span<Extension<TField, TParameters>> values = new Extension<TField, TParameters>[arity];
        TField inverseShift = _shift.Inverse(), inverseRoot = TField.TwoAdicGenerator(_logSize).Inverse();
        _logSize -= log;
        for (int i = 0; i < rows.Length; i++)
        {
            ReadOnlySpan<TField> row = opened!.RowAt(0, i);
            for (int value = 0; value < arity; value++) values[value] = Value(row, value);
            TField inverse = inverseShift * FieldMath.Power(inverseRoot, (ulong)NttTable<TField>.Reverse(rows[i], _logSize));
            folded[i] = CodewordFold<TField, TParameters>.FoldRow(values, beta, inverse);
        }
        _shift = FieldMath.Power(_shift, (ulong)arity);
        (_positions, _values) = (rows, folded);
        Join(FieldMath.Power(beta, (ulong)arity));
        return VerifyResult.Valid;

        Extension<TField, TParameters> Value(ReadOnlySpan<TField> row, int value) => Extension<TField, TParameters>.FromCoefficients(row.Slice(value * degree, degree));
    }

    /// <summary>Whether the polynomial has the values at the positions.</summary>
    public bool EndsAt(ReadOnlySpan<Extension<TField, TParameters>> coefficients)
    {
        bool all = _height == _plan.Heights.Count && _round == _plan.Folds.Count;
        for (int i = 0; i < _positions.Length; i++)
            all &= FinalPolynomial<TField, TParameters>.Evaluate(coefficients, DomainPoints<TField>.At(_shift, _logSize, _positions[i])) == _values[i];
        return all;
    }

    // The codeword of a shorter height enters as one more power of the challenge.
    private void Join(Extension<TField, TParameters> factor)
    {
        if (_height == _plan.Heights.Count || _plan.Heights[_height].LogSize != _logSize) return;
        Extension<TField, TParameters>[] joined = _quotients.At(_height, _positions);
        for (int i = 0; i < joined.Length; i++) _values[i] += factor * joined[i];
        _height++;
    }
}
