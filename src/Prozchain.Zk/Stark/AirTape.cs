using Prozchain.Zk.Fields;
using Prozchain.Zk.Lookups;

namespace Prozchain.Zk.Stark;

/// <summary>The constraints and lookups of a table, compiled. Immutable and thread-safe.</summary>
/// <typeparam name="TField">The field of the trace.</typeparam>
internal sealed class AirTape<TField> where TField : unmanaged, ITwoAdicField<TField>
{
    public AirTape(TableLookups lookups)
    {
        Lookups = lookups;
        Quotient = TapeCompiler.Quotient(lookups);
        Fractions = TapeCompiler.Fractions(lookups);
    }

    /// <summary>What was compiled.</summary>
    public TableLookups Lookups { get; }

    /// <summary>See <see cref="TapeCompiler.Quotient"/>.</summary>
    public TapeProgram Quotient { get; }

    /// <summary>See <see cref="TapeCompiler.Fractions"/>.</summary>
    public TapeProgram Fractions { get; }
}
