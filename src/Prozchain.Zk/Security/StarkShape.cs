namespace Prozchain.Zk.Security;

/// <summary>
/// What of a statement decides how sound its proof is. Counts are totals over all tables that share one proof; a number that
/// is too large only makes the parameters more careful than needed, one that is too small makes them wrong.
/// </summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record StarkShape
{
    /// <summary>The field of the trace.</summary>
    public required StarkField Field { get; init; }

    /// <summary>log2 of the rows of the shortest table that the parameters must serve: 0 to <see cref="MaxLogRows"/>.</summary>
    public required int MinLogRows { get; init; }

    /// <summary>log2 of the rows of the tallest table, at most 32.</summary>
    public required int MaxLogRows { get; init; }

    /// <summary>Committed columns of field elements, preprocessed ones included: 1 to 2^20.</summary>
    public required int Columns { get; init; }

    /// <summary>Constraints, those of the lookup columns included: 1 to 2^24.</summary>
    public required int Constraints { get; init; }

    /// <summary>Highest degree of a constraint in the columns, selectors counted: 1 to 64.</summary>
    public required int ConstraintDegree { get; init; }

    /// <summary>Points at which a column is opened, at most: 2 for "this row and the next". 1 to 16.</summary>
    public int OpeningPoints { get; init; } = 2;

    /// <summary>Messages that a row sends or receives on all buses but shared ones, at most: 0 to 2^20; 0 for no lookups.</summary>
    public int Lookups { get; init; }

    /// <summary>Field elements of the widest message, its bus and length included: 1 to 4096, or 0 without lookups.</summary>
    public int MessageWidth { get; init; }

    /// <summary>Columns over the extension that the lookups add, on shared buses too: 1 to 2^20, or 0 without lookups.</summary>
    public int LookupColumns { get; init; }

    /// <summary>
    /// The most public messages (<see cref="Air.PublicMessage{TField}"/>) that a proof is made and verified with: 0 to 2^20; 0 for none, and
    /// without lookups.
    /// </summary>
    public int MaxPublicMessages { get; init; }

    /// <summary>Tables in one proof, which may have different heights: 1 to 1024.</summary>
    public int Tables { get; init; } = 1;

    /// <summary>
    /// Field elements of the widest message on shared buses, its bus included: 1 to 4096, or 0 without such buses. With them the parameters
    /// decode uniquely, and nothing is hidden (docs/security.md, "Lists of proofs").
    /// </summary>
    public int SharedMessageWidth { get; init; }

    /// <summary>log2 of the most messages on shared buses in all proofs of a list: 0 to 30; 0 without such buses.</summary>
    public int LogSharedMessages { get; init; }

    /// <summary>
    /// Whether the proof hides the witness. Columns then get as many random rows as they have rows, so that committed degrees
    /// double, and there are twice as many quotient chunks.
    /// </summary>
    public bool ZeroKnowledge { get; init; }

    /// <summary>Whether proofs exchange messages with others of a list.</summary>
    internal bool IsShared => SharedMessageWidth > 0;

    /// <summary>1 if columns are committed with twice their rows, else 0.</summary>
    internal int MaskingLog => ZeroKnowledge ? 1 : 0;

    /// <summary>Chunks of the quotient of one table, each of as many coefficients as the table has rows (plus the mask).</summary>
    internal int QuotientChunks => (1 << LogCeiling(Math.Max(ConstraintDegree + MaskingLog, 2) - 1)) << MaskingLog;

    /// <summary>The reason why the shape is not one, or null.</summary>
    internal string? Problem()
    {
        if (FieldFacts.Degrees(Field).IsEmpty) return $"Expected a field of the list, got {Field}.";
        if (MaxLogRows is < 0 or > 32) return Expected(nameof(MaxLogRows), 0, 32, MaxLogRows);
        if (MinLogRows < 0 || MinLogRows > MaxLogRows) return Expected(nameof(MinLogRows), 0, MaxLogRows, MinLogRows);
        if (Columns is < 1 or > 1 << 20) return Expected(nameof(Columns), 1, 1 << 20, Columns);
        if (Constraints is < 1 or > 1 << 24) return Expected(nameof(Constraints), 1, 1 << 24, Constraints);
        if (ConstraintDegree is < 1 or > 64) return Expected(nameof(ConstraintDegree), 1, 64, ConstraintDegree);
        if (OpeningPoints is < 1 or > 16) return Expected(nameof(OpeningPoints), 1, 16, OpeningPoints);
        if (Lookups is < 0 or > 1 << 20) return Expected(nameof(Lookups), 0, 1 << 20, Lookups);
        int some = Lookups == 0 ? 0 : 1;
        if (MessageWidth < some || MessageWidth > some * 4096) return Expected(nameof(MessageWidth), some, some * 4096, MessageWidth);
        if (MaxPublicMessages < 0 || MaxPublicMessages > some << 20) return Expected(nameof(MaxPublicMessages), 0, some << 20, MaxPublicMessages);
        int columns = IsShared ? 1 : some;
        if (LookupColumns < columns || LookupColumns > columns << 20) return Expected(nameof(LookupColumns), columns, columns << 20, LookupColumns);
        if (Tables is < 1 or > 1024) return Expected(nameof(Tables), 1, 1024, Tables);
        if (SharedMessageWidth is < 0 or > 4096) return Expected(nameof(SharedMessageWidth), 0, 4096, SharedMessageWidth);
        int mostShared = IsShared ? Air.SharedBuses.MaxLogMessages : 0;
        if (LogSharedMessages < 0 || LogSharedMessages > mostShared) return Expected(nameof(LogSharedMessages), 0, mostShared, LogSharedMessages);
        if (IsShared && ZeroKnowledge) return "Expected no zero knowledge with shared buses: the sum that a proof names for them tells of its witness.";

        // Multiplicities are counted in the field: were a message sent p times, it would count as never sent.
        double messages = Lookups * Math.ScaleB(1, MaxLogRows) + MaxPublicMessages;
        return messages < FieldFacts.Of(Field).Modulus ? null
            : $"Expected fewer messages than the modulus of {Field}, got {Lookups} on each of 2^{MaxLogRows} rows and {MaxPublicMessages} public ones.";
    }

    internal static int LogCeiling(long value) => value <= 1 ? 0 : 64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)value - 1);

    private static string Expected(string name, int least, int most, int got) => $"Expected {name} from {least} to {most}, got {got}.";
}
