namespace Prozchain.AI.Receipts;

/// <summary>What a leaf of a trace is.</summary>
public enum TraceLeafKind
{
    /// <summary>An input of the graph.</summary>
    Input = 0,

    /// <summary>Tokens in the context before the run, 32 bits little-endian.</summary>
    Position,

    /// <summary>Keys and values of a cached attention before the run.</summary>
    State,

    /// <summary>The output of an operator.</summary>
    Operator,

    /// <summary>Tokens in the context after the run.</summary>
    NextPosition,

    /// <summary>Keys and values of a cached attention after the run.</summary>
    NextState,
}
