namespace Prozchain.Sharding.Execution;

/// <summary>What one worker of an executor needs for itself. Lanes share the cell table, and no cell while both write.</summary>
internal sealed class ExecutionLane(CellTable table, SenderCells senders, int number)
{
    public CellArena.Cursor Cursor = CellArena.Cursor.Fresh;

    private int _keptReceipts, _keptReceiptBytes;

    public int Number { get; } = number;

    public CellTable Table { get; } = table;

    public SenderCells Senders { get; } = senders;

    public UndoLog Undo { get; } = new();

    public AccessList Access { get; } = new();

    public ReceiptBuffer Receipts { get; } = new();

    public SpeculativeLog Speculation { get; } = new();

    /// <summary>A status that overrules the transition's, or 0.</summary>
    public byte Fault { get; set; }

    /// <summary>True if something of the item stays even if it fails.</summary>
    public bool HasKept { get; set; }

    /// <summary>The version that this item's writes get.</summary>
    public int Version { get; private set; }

    public void Reset()
    {
        Cursor = CellArena.Cursor.Fresh;
        Access.Clear();
        Receipts.Clear();
        Speculation.Clear();
    }

    /// <summary>An item begins. What others of this lane have speculated is forgotten unless this one does so too.</summary>
    public void Begin(int version, AccessMode mode)
    {
        if (mode != AccessMode.Speculative) Speculation.Clear();
        Speculation.Begin();
        Version = version;
        Fault = 0;
        HasKept = false;
        Receipts.Mark();
        Keep();
    }

    /// <summary>What was done so far stays, whatever becomes of the item.</summary>
    public void Keep()
    {
        Undo.Clear();
        Speculation.Keep();
        (_keptReceipts, _keptReceiptBytes) = (Receipts.Count, Receipts.Length);
    }

    /// <summary>Undoes what was done since <see cref="Keep"/>.</summary>
    public void RollBack()
    {
        Undo.Undo(Table);
        Speculation.RollBack();
        Receipts.Truncate(_keptReceiptBytes, _keptReceipts);
    }
}
