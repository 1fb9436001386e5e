namespace Prozchain.Zk.Stark;

/// <summary>What a program works on: addresses that stay while it runs.</summary>
internal unsafe struct TapeFrame<TField> where TField : unmanaged
{
    /// <summary>The runs: of cells, wherever they lie, and of temporaries.</summary>
    public TField** Runs;

    /// <summary>The runs of the lookups' base columns, then those of the first column over the extension in the next row.</summary>
    public TField** Lookups;

    /// <summary>Base columns of the lookups.</summary>
    public int LookupColumns;

    /// <summary>E slots: Degree runs each, one after the other.</summary>
    public TField* Extensions;

    /// <summary>Uniform values.</summary>
    public TField* Uniforms;

    /// <summary>Degree coordinates for each term.</summary>
    public TField* Terms;

    /// <summary>Degree times Degree coordinates for each factor: of its products with each power of x.</summary>
    public TField* Factors;

    /// <summary>Degree coordinates for each start.</summary>
    public TField* Starts;

    /// <summary>Elements in a run.</summary>
    public nint Length;
}
