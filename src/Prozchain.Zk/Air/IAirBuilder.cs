namespace Prozchain.Zk.Air;

/// <summary>
/// What the constraints of an AIR are spoken to: it gives the cells of a row and takes constraints and bus interactions.
/// Implementations are structs, so that the JIT compiles <see cref="IAir.Eval"/> for each of them.
/// </summary>
/// <remarks>Owed: reading a cell has no effect; constraints and interactions are taken in the order of the calls.</remarks>
/// <typeparam name="TValue">What expressions are made of.</typeparam>
public interface IAirBuilder<TValue> where TValue : struct, IAirExpression<TValue>
{
    /// <summary>The cell of a column in the row at hand.</summary>
    TValue Local(int column);

    /// <summary>The cell of a column in the next row; on the last row, in the first.</summary>
    TValue Next(int column);

    /// <summary>The cell of a preprocessed column in the row at hand.</summary>
    TValue Preprocessed(int column);

    /// <summary>The cell of a preprocessed column in the next row.</summary>
    TValue PreprocessedNext(int column);

    /// <summary>The value of a periodic column in the row at hand.</summary>
    TValue Periodic(int column);

    /// <summary>A public value.</summary>
    TValue Public(int index);

    /// <summary>An integer as a field element, modulo the characteristic.</summary>
    TValue Constant(ulong value);

    /// <summary>Demands that an expression is zero on some rows.</summary>
    /// <param name="rows">On which rows.</param>
    /// <param name="value">The expression.</param>
    /// <param name="label">Names the constraint in errors; a constant, so that it costs nothing where it is not used.</param>
    /// <param name="index">Tells constraints of one label apart; -1 if there is one only.</param>
    void AssertZero(Rows rows, TValue value, string label, int index = -1);

    /// <summary>Sends a message to a bus or receives one, on every row, as often as the multiplicity says.</summary>
    /// <param name="bus">The bus.</param>
    /// <param name="direction">The side.</param>
    /// <param name="multiplicity">How often; zero for not at all.</param>
    /// <param name="message">As many expressions as the bus has elements.</param>
    /// <param name="bound">
    /// The largest multiplicity, as an integer, that constraints allow in a row: 0 promises nothing, which only receivers
    /// of a <see cref="BusKind.Lookup"/> may. That a constant keeps to it is checked when a graph is made, no more.
    /// </param>
    void Interact(Bus bus, BusDirection direction, TValue multiplicity, scoped ReadOnlySpan<TValue> message, uint bound);
}
