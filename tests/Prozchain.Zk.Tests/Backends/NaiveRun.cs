using System.Numerics;
using Prozchain.Zk.Air;
using Prozchain.Zk.Backends;
using Prozchain.Zk.Commitments;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Lookups;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Transcripts;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Tests.Backends;

/// <summary>See <see cref="NaiveBackend"/>. Only the tree is that of the product.</summary>
internal sealed class NaiveRun<TField, TParameters, TTree>(BackendSettings settings, NaiveBackend owner) : IBackendRun<TField, TParameters>
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
    where TTree : struct, IMatrixHash<TField>
{
    private static TField Generator => TField.MultiplicativeGenerator;

    private static int Degree => TParameters.Degree;

    public bool ExtendsInPlace => false;

    public bool Makes(TraceSource<TField> source) => false;

    public ICommittedBatch<TField> Commit(IReadOnlyList<ColumnSet<TField>> matrices, int saltLength = 0, SecretSource? salts = null) =>
        Commit([.. matrices.Select(set => Enumerable.Range(0, set.Width).Select(column =>
        {
            TField[] values = set.Values.Column(column, 1 << set.LogRows).ToArray();
            return NaivePolynomials<TField>.Through(set.Order == TransformOrder.BitReversed ? values : NaivePolynomials<TField>.Reversed(values), set.Shift);
        }).ToArray())], saltLength, salts);

    public Extension<TField, TParameters>[][] Evaluate(IReadOnlyList<(MatrixHandle<TField> Matrix, Extension<TField, TParameters> Point)> openings) =>
        [.. openings.Select(opening => Polynomials(opening.Matrix).Select(coefficients =>
        {
            Extension<TField, TParameters> value = default;
            for (int i = coefficients.Length - 1; i >= 0; i--) value = value * opening.Point + Extension<TField, TParameters>.FromBase(coefficients[i]);
            return value;
        }).ToArray())];

    public bool TryLookups(
        AirTape<TField> tape, Trace<TField> main, Trace<TField>? preprocessed, ReadOnlyMemory<TField> publicValues,
        Extension<TField, TParameters> alpha, Extension<TField, TParameters> beta, LookupTarget<TField> target,
        out Extension<TField, TParameters> terminal) =>
        NaiveLookupColumns.TryGenerate(tape, main, preprocessed, publicValues, alpha, beta, target.Rent(), target.Layout, out terminal);

    public ICommittedBatch<TField> CommitQuotients(IReadOnlyList<TableQuotient<TField, TParameters>> tables, int saltLength = 0, SecretSource? salts = null) =>
        Commit([.. tables.SelectMany(Chunks)], saltLength, salts);

    public ICodeword Combine(
        HeightClaims<Extension<TField, TParameters>> height, Extension<TField, TParameters>[] values, Extension<TField, TParameters>[] coefficients,
        IReadOnlyList<ICommittedBatch<TField>> batches)
    {
        TField[] points = NaivePolynomials<TField>.Points(height.LogSize, Generator);
        return new NaiveCodeword<TField, TParameters>([.. points.Select((x, i) =>
        {
            Extension<TField, TParameters> sum = default;
            for (int p = 0; p < values.Length; p++)
            {
                Extension<TField, TParameters> numerator = values[p];
                foreach (ClaimTerm term in height.Points[p].Terms)
                    for (int column = 0; column < term.Width; column++)
                        numerator -= coefficients[term.FirstCoefficient + column] * Extended(new(batches[term.Batch], term.Matrix))[column][i];
                sum += numerator * (height.Points[p].Point - Extension<TField, TParameters>.FromBase(x)).Inverse();
            }
            return sum;
        })], Generator);
    }

    public ICommittedBatch<TField> CommitRows(ICodeword codeword, int logArity)
    {
        var word = (NaiveCodeword<TField, TParameters>)codeword;
        int rows = word.Values.Length >> logArity;
        ReadOnlyMemory<TField>[] columns = [.. Enumerable.Range(0, Degree << logArity).Select(column =>
            (ReadOnlyMemory<TField>)Enumerable.Range(0, rows).Select(row => word.Values[(row << logArity) + column / Degree][column % Degree]).ToArray())];
        return new NaiveRows<TField, TParameters, TTree>(word, logArity, BatchCommitment<TField, TTree>.Commit([columns]));
    }

    public ICodeword Fold(ICommittedBatch<TField> rows, Extension<TField, TParameters> beta)
    {
        var from = (NaiveRows<TField, TParameters, TTree>)rows;
        int arity = 1 << from.LogArity;
        TField[] points = NaivePolynomials<TField>.Points(from.Codeword.LogSize, from.Codeword.Shift);
        return new NaiveCodeword<TField, TParameters>([.. Enumerable.Range(0, points.Length / arity).Select(row =>
            CodewordFold<TField, TParameters>.FoldRow(from.Codeword.Values.AsSpan(row * arity, arity).ToArray(), beta, points[row * arity].Inverse()))],
            FieldMath.Power(from.Codeword.Shift, (ulong)arity));
    }

    public void Add(ICodeword sum, ICodeword other, Extension<TField, TParameters> factor)
    {
        Extension<TField, TParameters>[] to = ((NaiveCodeword<TField, TParameters>)sum).Values, added = ((NaiveCodeword<TField, TParameters>)other).Values;
        for (int i = 0; i < to.Length; i++) to[i] += factor * added[i];
    }

    public Codeword<TField> Read(ICodeword codeword)
    {
        var word = (NaiveCodeword<TField, TParameters>)codeword;
        var read = new Codeword<TField>(word.LogSize, Degree, word.Shift);
        for (int i = 0; i < word.Values.Length; i++)
            for (int power = 0; power < Degree; power++) read.Column(power)[i] = word.Values[i][power];
        return read;
    }

    public ulong Solve<THash>(GrindingPuzzle<THash> puzzle) where THash : struct, IDigest<THash>
    {
        Span<byte> input = [5, .. puzzle.State, 0, 0, 0, 0, 0, 0, 0, 0], digest = stackalloc byte[32];
        for (ulong nonce = 0; ; nonce++)
        {
            BitConverter.TryWriteBytes(input[33..], nonce);
            THash.Hash(input, digest);
            if (BitOperations.LeadingZeroCount(System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(digest)) >= puzzle.Bits) return nonce;
        }
    }

    public void Dispose() => owner.Disposed++;

    private NaiveBatch<TField, TTree> Commit(TField[][][] polynomials, int saltLength, SecretSource? salts)
    {
        TField[][][] extended = [.. polynomials.Select(matrix => matrix.Select(column =>
            NaivePolynomials<TField>.On(column, BitOperations.Log2((uint)column.Length) + settings.LogBlowup, Generator)).ToArray())];
        ReadOnlyMemory<TField>[][] columns = [.. extended.Select(matrix => matrix.Select(column => (ReadOnlyMemory<TField>)column).ToArray())];
        return new(extended, salts is null ? BatchCommitment<TField, TTree>.Commit(columns) : BatchCommitment<TField, TTree>.CommitSalted(columns, saltLength, ref salts));
    }

    // Chunk by chunk its columns' coefficients.
    private TField[][][] Chunks(TableQuotient<TField, TParameters> table)
    {
        int rows = 1 << table.LogRows, block = 1 << table.LogDegree, size = rows << table.LogChunks;
        var values = new TField[Degree * size];
        TField[] points = NaivePolynomials<TField>.Points(table.LogRows + table.LogChunks, Generator);
        for (int first = 0; first < size; first += block)
            NaiveQuotient.Evaluate<TField, TParameters>(new()
            {
                Tape = table.Tape,
                LogRows = table.LogRows,
                LogBlock = table.LogDegree,
                Shift = points[first],
                Main = Block(table.Main, points[first]),
                Preprocessed = Block(table.Preprocessed, points[first]),
                Lookup = Block(table.Lookup, points[first]),
                PublicValues = table.PublicValues,
                Gamma = table.Gamma,
                Alpha = table.Alpha,
                Beta = table.Beta,
                Terminal = table.Terminal,
            }, values.AsSpan(first), new(Degree, size));
        return [.. Enumerable.Range(0, 1 << table.LogChunks).Select(chunk => Enumerable.Range(0, Degree).Select(k =>
        {
            TField[] polynomial = NaivePolynomials<TField>.Through(values.AsSpan(k * size + chunk * rows, rows), points[chunk * rows]);
            if (table.Masks is not { } masks) return polynomial;
            TField[] mask = masks[chunk * Degree + k];
            TField scale = FieldMath.Power(points[chunk * rows], (ulong)rows).Inverse();
            return polynomial.Select((c, i) => c - mask[i]).Concat(mask.Select(c => c * scale)).ToArray();
        }).ToArray())];
    }

    private ColumnBlock<TField> Block(MatrixHandle<TField> handle, TField shift)
    {
        if (handle.Batch is null) return default;
        TField[][] columns = [.. Polynomials(handle).Select(column => NaivePolynomials<TField>.On(column, BitOperations.Log2((uint)column.Length), shift))];
        return new(new ColumnMemory<TField>(columns.SelectMany(column => column).ToArray(), new(columns.Length, columns[0].Length)));
    }

    private IEnumerable<TField[]> Polynomials(MatrixHandle<TField> handle) =>
        Extended(handle).Select(column => NaivePolynomials<TField>.Through(column.AsSpan(0, column.Length >> settings.LogBlowup), Generator));

    // A key's preprocessed columns are the processor's.
    private static TField[][] Extended(MatrixHandle<TField> handle) => handle.Batch switch
    {
        NaiveBatch<TField, TTree> naive => naive.Matrices[handle.Matrix],
        CommittedBatch<TField, TTree> other => [.. Enumerable.Range(0, other.Matrices[handle.Matrix].Width).Select(column => other.Matrices[handle.Matrix].Column(column).ToArray())],
        _ => throw new ArgumentException("Expected a batch of this run or of a key.", nameof(handle)),
    };
}
