namespace Prozchain.Benchmarks.Quick;

/// <summary>
/// One row of the quick table. Make it with <see cref="Rate"/>, <see cref="Time"/> or <see cref="Figure"/> and list it
/// in its area's folder; <see cref="QuickRows"/> joins the lists.
/// </summary>
internal sealed record QuickRow
{
    private QuickRow(string area, string name, string unit, Better better)
    {
        Area = area;
        Name = name;
        Unit = unit;
        Better = better;
    }

    public string Area { get; }

    public string Name { get; }

    public string Unit { get; }

    public Better Better { get; }

    /// <summary>The operation to time, or null for a figure.</summary>
    public Func<QuickBody>? Prepare { get; private init; }

    /// <summary>Turns the seconds and the amount of one run into the row's value.</summary>
    public Func<double, double, double> Convert { get; private init; } = static (_, _) => double.NaN;

    /// <summary>A value that is counted, not timed; or null.</summary>
    public Func<double>? Count { get; private init; }

    /// <summary>Set on the rows that are yardsticks themselves.</summary>
    public Yardstick Is { get; init; }

    /// <summary>What the row is held against.</summary>
    public Yardstick Against { get; init; }

    /// <summary>
    /// The yardstick's rate in the unit of this row: itself for GB/s; for tx/s of 100 bytes, rate => rate * 1e7.
    /// </summary>
    public Func<double, double> FromYardstick { get; init; } = static rate => rate;

    public Peer? Peer { get; init; }

    public Goal? Floor { get; init; }

    public Goal? Aim { get; init; }

    /// <summary>Takes longer than a quick table may: measured only where long rows are asked for.</summary>
    public bool IsLong { get; init; }

    /// <summary>Amount per second; more is better.</summary>
    public static QuickRow Rate(string area, string name, string unit, Func<QuickBody> prepare) =>
        new(area, name, unit, Better.Higher) { Prepare = prepare, Convert = static (seconds, amount) => amount / seconds };

    /// <summary>Time for an amount of 1, in a unit of which a second has <paramref name="perSecond"/>; less is better.</summary>
    public static QuickRow Time(string area, string name, string unit, double perSecond, Func<QuickBody> prepare) =>
        new(area, name, unit, Better.Lower) { Prepare = prepare, Convert = (seconds, amount) => seconds * perSecond / amount };

    /// <summary>Something counted, such as bytes per transfer.</summary>
    public static QuickRow Figure(string area, string name, string unit, Better better, Func<double> count) =>
        new(area, name, unit, better) { Count = count };
}
