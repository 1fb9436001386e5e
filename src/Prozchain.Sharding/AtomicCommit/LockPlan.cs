namespace Prozchain.Sharding.AtomicCommit;

/// <summary>Finds the cells of a transaction with locks, on the client's side: by running its program on what the client reads.</summary>
public static class LockPlan
{
    /// <summary>
    /// The cells that the program touches on these values. What it is to find locked is a guess: values may change until
    /// the locks are held, and an attempt whose program then asks for another cell is aborted.
    /// </summary>
    /// <param name="program">The transaction's program.</param>
    /// <param name="transaction">The transaction, without declared cells.</param>
    /// <param name="read">Gives a cell's value; null for an absent cell.</param>
    /// <returns>The cells, ascending by key; null if it touches none, or more than <see cref="AtomicLimits.MaxCells"/>.</returns>
    public static DeclaredCell[]? Find(IAtomicProgram program, AtomicTransaction transaction, Func<Digest, ReadOnlyMemory<byte>?> read)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(read);
        var cells = new SortedDictionary<Digest, (CellValue Value, bool IsWritable)>();
        while (true)
        {
            var provided = new ProvidedCells([.. cells.Values.Select(cell => cell.Value)], [.. cells.Values.Select(cell => cell.IsWritable)]);
            program.Execute(transaction, provided);
            if (provided.Missing is not { } key) break;
            // Asked for again: now to write it.
            if (cells.TryGetValue(key, out (CellValue Value, bool IsWritable) known)) cells[key] = (known.Value, true);
            else if (cells.Count == AtomicLimits.MaxCells) return null;
            else cells.Add(key, (read(key) is { } value ? new CellValue(key, true, value) : new CellValue(key, false, default), false));
        }
        return cells.Count == 0 ? null : [.. cells.Select(cell => new DeclaredCell(cell.Key, cell.Value.IsWritable))];
    }
}
