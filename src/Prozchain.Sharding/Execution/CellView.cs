namespace Prozchain.Sharding.Execution;

/// <summary>
/// The cells as one transaction or one receipt sees them: all that came before it, and its own writes. A cell is absent
/// until it is first written, and again once removed; a written one may be empty, which is not the same.
/// </summary>
public readonly ref struct CellView
{
    private readonly ref readonly BlockContext _block;
    private readonly ExecutionLane _lane;
    private readonly ReadOnlySpan<int> _declared;
    private readonly AccessMode _mode;

    internal CellView(in BlockContext block, ExecutionLane lane, AccessMode mode, ReadOnlySpan<int> declared)
    {
        _block = ref block;
        _lane = lane;
        _mode = mode;
        _declared = declared;
    }

    /// <summary>Number of declared cells.</summary>
    public int DeclaredCount => _declared.Length;

    /// <summary>Reads a declared cell.</summary>
    /// <param name="cell">Its number, in the order of declaration.</param>
    /// <param name="value">The value, until the cell is next written; empty when the result is false.</param>
    public bool TryRead(int cell, out ReadOnlySpan<byte> value) => TryRead(_lane.Table[_declared[cell] >> 1], out value);

    /// <summary>
    /// Reads a cell. One that this transaction may not touch reads as absent, and the transaction ends as
    /// <see cref="TransactionStatus.ForbiddenCell"/>.
    /// </summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">The value, until the cell is next written; empty when the result is false.</param>
    public bool TryRead(in Digest key, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (_mode == AccessMode.Speculative)
            return IsAllowed(key, write: false) && _lane.Speculation.TryRead(_lane, key, out value);
        int cell = IndexOf(key, write: false);
        return cell >= 0 && TryRead(_lane.Table[cell], out value);
    }

    /// <summary>Writes a cell that was declared as written.</summary>
    /// <param name="cell">Its number, in the order of declaration.</param>
    /// <param name="value">0 to 4,096 bytes.</param>
    public void Write(int cell, ReadOnlySpan<byte> value)
    {
        if ((_declared[cell] & 1) == 0) _lane.Fault = TransactionStatus.ForbiddenCell;
        else WriteCell(_declared[cell] >> 1, value);
    }

    /// <summary>
    /// Writes a cell. On one that this transaction may not write it ends as <see cref="TransactionStatus.ForbiddenCell"/>,
    /// with too long a value as <see cref="TransactionStatus.ValueTooLarge"/>.
    /// </summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">0 to 4,096 bytes.</param>
    public void Write(in Digest key, ReadOnlySpan<byte> value)
    {
        if (_mode == AccessMode.Speculative)
        {
            if (IsAllowed(key, write: true)) _lane.Speculation.Write(_lane, key, value);
            return;
        }
        int cell = IndexOf(key, write: true);
        if (cell >= 0) WriteCell(cell, value);
    }

    /// <summary>Makes a cell that was declared as written absent; one that is absent stays so.</summary>
    /// <param name="cell">Its number, in the order of declaration.</param>
    public void Remove(int cell)
    {
        if ((_declared[cell] & 1) == 0) _lane.Fault = TransactionStatus.ForbiddenCell;
        else RemoveCell(_declared[cell] >> 1);
    }

    /// <summary>Makes a cell absent; counts as writing it, with the same rules.</summary>
    /// <param name="key">Its key.</param>
    public void Remove(in Digest key)
    {
        if (_mode == AccessMode.Speculative)
        {
            if (IsAllowed(key, write: true)) _lane.Speculation.Remove(_lane, key);
            return;
        }
        int cell = IndexOf(key, write: true);
        if (cell >= 0) RemoveCell(cell);
    }

    /// <summary>What was written and sent so far stays even if the transaction fails: its nonce, its fee.</summary>
    public void Keep()
    {
        _lane.Keep();
        _lane.HasKept = true;
    }

    private bool TryRead(in Cell cell, out ReadOnlySpan<byte> value)
    {
        value = cell.Length > 0 ? _lane.Table.ValueOf(cell) : default;
        return cell.Length >= 0;
    }

    private void WriteCell(int cell, ReadOnlySpan<byte> value)
    {
        if (value.Length > ExecutionLimits.MaxValueBytes) { _lane.Fault = TransactionStatus.ValueTooLarge; return; }
        _lane.Undo.Save(_lane.Table, cell);
        _lane.Table.Set(ref _lane.Table[cell], value, _lane.Version, ref _lane.Cursor);
    }

    private void RemoveCell(int cell)
    {
        _lane.Undo.Save(_lane.Table, cell);
        CellTable.Remove(ref _lane.Table[cell], _lane.Version);
    }

    private int IndexOf(in Digest key, bool write)
    {
        if (_mode == AccessMode.Declared)
        {
            foreach (int cell in _declared)
                if (_lane.Table[cell >> 1].Key == key && (!write || (cell & 1) == 1)) return cell >> 1;
            _lane.Fault = TransactionStatus.ForbiddenCell;
            return -1;
        }
        return IsAllowed(key, write) && (_mode == AccessMode.Credit || _lane.Speculation.TryTouch(_lane, key)) ? _lane.Table.Touch(key) : -1;
    }

    private bool IsAllowed(in Digest key, bool write)
    {
        bool local = _block.IsLocal(key);
        if (local && (_mode == AccessMode.Credit || _lane.Table.Claims is not { } claims || (write ? claims.MayWrite(key) : claims.MayRead(key)))) return true;
        _lane.Fault = local ? TransactionStatus.ClaimedCell : TransactionStatus.ForbiddenCell;
        return false;
    }
}
