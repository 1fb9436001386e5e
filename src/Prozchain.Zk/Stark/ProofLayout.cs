using Prozchain.Zk.Fields;
using Prozchain.Zk.Merkle;

namespace Prozchain.Zk.Stark;

/// <summary>The commitments of a proof, in the order in which their rows are opened.</summary>
internal enum ProofBatch
{
    Preprocessed,
    Early,
    Main,
    Lookup,
    Quotient,
    Mask,
}

/// <summary>A matrix that is opened at a point of a table: at zeta, or at the next row's point.</summary>
/// <param name="Batch">Which commitment.</param>
/// <param name="Index">Its number among the commitments that the proof has.</param>
/// <param name="Matrix">The matrix in it.</param>
/// <param name="Table">The table.</param>
/// <param name="Chunk">The chunk of the quotient, else 0.</param>
/// <param name="IsNext">At zeta times the generator of the table's rows.</param>
/// <param name="Width">Columns over the base field.</param>
internal readonly record struct OpeningSlot(ProofBatch Batch, int Index, int Matrix, int Table, int Chunk, bool IsNext, int Width);

/// <summary>
/// Every dimension of a proof: what both sides derive from the key and the heights, so that no length is read from a proof.
/// </summary>
internal sealed class ProofLayout<TField> where TField : unmanaged, ITwoAdicField<TField>
{
    private readonly StarkKey<TField> _key;
    private readonly List<ProofBatch> _batches = [];
    private readonly List<BatchShape> _shapes = [];
    private readonly List<OpeningSlot> _slots = [];

    public ProofLayout(StarkKey<TField> key, ReadOnlySpan<byte> logRows)
    {
        _key = key;
        Heights = logRows.ToArray();
        LogRows = key.Shared is null ? Heights : key.ForTables(Heights);
        int degree = key.Parameters.ExtensionDegree;
        int[] heights = [.. LogRows];
        FoldSchedule = key.Parameters.FoldSchedule(heights);
        SaltLength = SaltElements(key.Parameters.SaltBytes);
        AddMatrices(ProofBatch.Preprocessed, table => table.IsShared ? 0 : table.Shape.PreprocessedWidth, table => table.UsesPreprocessedNext);
        AddMatrices(ProofBatch.Early, table => table.IsEarly ? table.Shape.Width : 0, table => table.UsesNext);
        AddMatrices(ProofBatch.Main, table => table.IsEarly || table.IsShared ? 0 : table.Shape.Width, table => table.UsesNext);
        AddMatrices(ProofBatch.Lookup, table => table.Lookups.Columns * degree, _ => true);
        AddQuotient(degree);
        if (ZeroKnowledge) AddMatrices(ProofBatch.Mask, _ => degree, _ => false);
    }

    /// <summary>The statement's tables and parameters.</summary>
    public StarkKey<TField> Key => _key;

    /// <summary>log2 of the rows of each trace.</summary>
    public byte[] Heights { get; }

    /// <summary>log2 of the rows of each table of the key, second readings included.</summary>
    public byte[] LogRows { get; }

    public int[] FoldSchedule { get; }

    /// <summary>Salt elements in each row of a commitment that hides.</summary>
    public int SaltLength { get; }

    public bool ZeroKnowledge => _key.Parameters.Shape.ZeroKnowledge;

    /// <summary>The commitments that the proof has, in order.</summary>
    public IReadOnlyList<ProofBatch> Batches => _batches;

    public IReadOnlyList<BatchShape> Shapes => _shapes;

    /// <summary>All openings, in the order in which their values are sent.</summary>
    public IReadOnlyList<OpeningSlot> Slots => _slots;

    /// <summary>log2 of the committed degree bound of a table.</summary>
    public int LogDegree(int table) => LogRows[table] + (ZeroKnowledge ? 1 : 0);

    /// <summary>log2 of the quotient chunks of a table.</summary>
    public int LogChunks(int table) => _key.Tables[table].LogChunks(ZeroKnowledge);

    /// <summary>The slots of the columns that a table reads.</summary>
    public int FindMain(int table, bool isNext) => Find(_key.Tables[_key.Tables[table].Place].IsEarly ? ProofBatch.Early : ProofBatch.Main, _key.Tables[table].Place, isNext);

    /// <summary>The slots of the preprocessed columns that a table reads.</summary>
    public int FindPreprocessed(int table, bool isNext) => Find(ProofBatch.Preprocessed, _key.Tables[table].Place, isNext);

    /// <summary>The slots of one table in one commitment.</summary>
    public int Find(ProofBatch batch, int table, bool isNext, int chunk = 0) =>
        _slots.FindIndex(slot => slot.Batch == batch && slot.Table == table && slot.IsNext == isNext && slot.Chunk == chunk);

    private static int SaltElements(int bytes) => (8 * bytes + 29) / 30;

    private void AddMatrices(ProofBatch batch, Func<StarkTable<TField>, int> width, Func<StarkTable<TField>, bool> isNextOpened)
    {
        var dimensions = new List<MatrixDimensions>();
        for (int table = 0; table < _key.Tables.Count; table++)
        {
            int columns = width(_key.Tables[table]);
            if (columns == 0) continue;
            int matrix = dimensions.Count;
            dimensions.Add(Dimensions(table, columns));
            _slots.Add(new(batch, _batches.Count, matrix, table, 0, IsNext: false, columns));
            if (isNextOpened(_key.Tables[table])) _slots.Add(new(batch, _batches.Count, matrix, table, 0, IsNext: true, columns));
        }
        if (dimensions.Count > 0) Close(batch, dimensions);
    }

    private void AddQuotient(int degree)
    {
        var dimensions = new List<MatrixDimensions>();
        for (int table = 0; table < _key.Tables.Count; table++)
        {
            for (int chunk = 0; chunk < 1 << LogChunks(table); chunk++)
            {
                _slots.Add(new(ProofBatch.Quotient, _batches.Count, dimensions.Count, table, chunk, IsNext: false, degree));
                dimensions.Add(Dimensions(table, degree));
            }
        }
        Close(ProofBatch.Quotient, dimensions);
    }

    private MatrixDimensions Dimensions(int table, int columns) => new(1 << (LogDegree(table) + _key.Parameters.LogBlowup), columns);

    private void Close(ProofBatch batch, List<MatrixDimensions> dimensions)
    {
        bool isSalted = ZeroKnowledge && batch != ProofBatch.Preprocessed;
        _shapes.Add(new(dimensions.ToArray(), capHeight: 0, isSalted ? SaltLength : 0));
        _batches.Add(batch);
    }
}
