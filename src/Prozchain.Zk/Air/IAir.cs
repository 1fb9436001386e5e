using System.Diagnostics;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Air;

/// <summary>
/// An algebraic intermediate representation: a statement about a table, as polynomials over the cells of two
/// neighbouring rows that are zero on every row. Written once, over a builder; see docs/air.md.
/// </summary>
/// <remarks>
/// Owed: a pure value. Every call of <see cref="Eval"/> states the same constraints and interactions in the same order,
/// whatever the builder. Implement it by a struct, so that the JIT compiles <see cref="Eval"/> for each builder.
/// </remarks>
public interface IAir
{
    /// <summary>The dimensions.</summary>
    AirShape Shape { get; }

    /// <summary>States the constraints and interactions of a row and its next.</summary>
    void Eval<TBuilder, TValue>(ref TBuilder builder)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>;

    /// <summary>Fills the preprocessed columns; called only if there are some.</summary>
    void Preprocess<TField>(Trace<TField> columns) where TField : struct, IField<TField> =>
        throw new UnreachableException($"{Shape.Name} states preprocessed columns but does not fill them.");
}
