namespace Prozchain.Zk.Plonky3.Stark;

/// <summary>The values of a table's columns at the out-of-domain point and the next; empty where it has no such columns.</summary>
internal sealed class OpenedTable<TExt>
{
    public TExt[] Trace = [], TraceNext = [], Preprocessed = [], PreprocessedNext = [], Random = [], Lookup = [], LookupNext = [];

    /// <summary>For each chunk of the quotient, its coefficients.</summary>
    public TExt[][] Chunks = [];
}
