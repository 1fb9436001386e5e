using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Air;

/// <summary>Takes a row of one table: faults of constraints and multiplicities to a list, messages to the ledger.</summary>
/// <param name="table">The table's name.</param>
/// <param name="row">The row.</param>
/// <param name="height">The table's rows.</param>
/// <param name="faults">Where faults go, or null if only messages count.</param>
/// <param name="ledger">Where messages go.</param>
/// <param name="sign">One, or minus one to take the row's messages back.</param>
internal readonly struct RowSink<TField>(string table, int row, int height, List<TraceFault>? faults, BusLedger<TField> ledger, TField sign) : IAirSink<TField>
    where TField : struct, IField<TField>
{
    /// <summary>Bounds up to this are checked value by value; the field knows no order.</summary>
    private const uint LargestCheckedBound = 64;

    public void Constraint(Rows rows, TField value, string label, int index)
    {
        bool holds = value == TField.Zero || rows switch
        {
            Rows.First => row != 0,
            Rows.Last => row != height - 1,
            Rows.Transition => row == height - 1,
            _ => false,
        };
        if (!holds) faults?.Add(new(TraceFaultKind.Constraint, table, row, index < 0 ? label : $"{label}[{index}]", $"{value}", ""));
    }

    public void Interaction(Bus bus, BusDirection direction, TField multiplicity, scoped ReadOnlySpan<FieldValue<TField>> message, uint bound)
    {
        bus.Require(direction, message.Length, bound);
        var elements = new TField[message.Length];
        for (int i = 0; i < elements.Length; i++) elements[i] = message[i].Value;
        if (bound is not 0 and <= LargestCheckedBound && !IsAtMost(multiplicity, bound))
            faults?.Add(new(TraceFaultKind.Multiplicity, table, row, bus.Name, $"{multiplicity}", string.Join(", ", elements)));
        ledger.Post(bus, direction, sign * multiplicity, elements, table, row);
    }

    private static bool IsAtMost(TField value, uint bound)
    {
        for (uint i = 0; i <= bound; i++)
        {
            if (value == TField.FromUInt64(i)) return true;
        }
        return false;
    }
}
