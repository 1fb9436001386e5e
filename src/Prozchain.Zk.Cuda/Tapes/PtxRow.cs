namespace Prozchain.Zk.Cuda.Tapes;

/// <summary>What a thread of a generated kernel reads and writes: its row's cells, values that all rows share, and its row of slots in memory.</summary>
internal sealed class PtxRow
{
    private readonly PtxWriter _writer;
    private readonly bool _isNatural;
    private readonly string _here, _hereOffset, _nextOffset, _rowOffset, _strideBytes;
    private readonly Dictionary<string, string> _once = [];

    public PtxRow(PtxWriter writer, bool isNatural)
    {
        (_writer, _isNatural) = (writer, isNatural);
        string row = writer.Word("mad.lo.u32", Special("%ctaid.x"), Special("%ntid.x"), Special("%tid.x"));
        writer.Write("setp.ge.u32", "%p0", row, Parameter("count"));
        writer.Write("@%p0 bra", "DONE");
        _here = writer.Word("add.u32", row, Parameter("start"));
        string size = Parameter("log_size");
        string mask = writer.Word("sub.u32", writer.Word("shl.b32", writer.Word("mov.u32", "1"), size), "1"), next;
        if (isNatural)
        {
            next = writer.Word("and.b32", writer.Word("add.u32", _here, "1"), mask);
        }
        else
        {
            string step = writer.Word("shl.b32", writer.Word("mov.u32", "1"), Parameter("log_step")), unused = writer.Word("sub.u32", writer.Word("mov.u32", "32"), size);
            string index = writer.Word("add.u32", Reverse(_here), step);
            next = Reverse(writer.Word("and.b32", index, mask));

            // A shift by 32 leaves nothing.
            string Reverse(string value) => writer.Word("shr.u32", writer.Word("brev.b32", value), unused);
        }
        (_hereOffset, _nextOffset, _rowOffset) = (Bytes(_here), Bytes(next), Bytes(row));
        _strideBytes = writer.Word("shl.b32", Parameter("stride"), "2");

        string Special(string register) => writer.Word("mov.u32", register);

        string Bytes(string elements) => writer.Long("mul.wide.u32", elements, "4");
    }

    /// <summary>The value of a cell.</summary>
    public string Cell(int number, LoweredCell cell)
    {
        if (cell.Source == CellSource.Periodic)
        {
            (string period, string choice) = (_writer.Long(), _writer.Long());
            _writer.Write("ld.global.nc.v2.u64", $"{{{period}, {choice}}}", $"[{Address("cells")}+{16L * number}]");
            (string mask, string shift) = (_writer.Word(), _writer.Word());
            _writer.Write("mov.b64", $"{{{mask}, {shift}}}", choice);
            return Load("ld.global.nc.u32", _writer.Long("mad.wide.u32", _writer.Word("and.b32", _writer.Word("shr.u32", _here, shift), mask), "4", period));
        }
        if (!_isNatural) return Load("ld.global.nc.u32", _writer.Long("mad.wide.u32", Stride(cell.Source), PtxWriter.Number((uint)cell.Column), Row(cell)));
        // A trace's columns lie each where they are.
        string column = _writer.Long();
        _writer.Write("ld.global.nc.u64", column, $"[{Address("cells")}+{16L * number}]");
        return Load("ld.global.nc.u32", _writer.Long("add.u64", column, cell.IsNext ? _nextOffset : _hereOffset));
    }

    /// <summary>A value that all rows share.</summary>
    public string Uniform(int number) => Load("ld.global.nc.u32", Address("uniforms"), 4L * number);

    /// <summary>The factors of a term, one for each coordinate.</summary>
    public string[] Factors(int term)
    {
        int degree = _writer.Field.Degree, together = degree % 4 == 0 ? 4 : degree % 2 == 0 ? 2 : 1;
        var factors = new string[degree];
        for (int k = 0; k < degree; k++) factors[k] = _writer.Word();
        for (int k = 0; k < degree; k += together)
        {
            string target = together == 1 ? factors[k] : $"{{{string.Join(", ", factors.AsSpan(k, together)!)}}}";
            _writer.Write(together == 1 ? "ld.global.nc.u32" : $"ld.global.nc.v{together}.u32", target, $"[{Address("factors")}+{4L * (term * degree + k)}]");
        }
        return factors;
    }

    /// <summary>The row's value in a place of an array of slots.</summary>
    public string Load(string array, int place) => Load("ld.global.u32", Place(array, place));

    /// <inheritdoc cref="Load(string, int)"/>
    public void Store(string array, int place, string value) => _writer.Write("st.global.u32", $"[{Place(array, place)}]", value);

    private string Load(string opcode, string address, long offset = 0)
    {
        string value = _writer.Word();
        _writer.Write(opcode, value, offset == 0 ? $"[{address}]" : $"[{address}+{offset}]");
        return value;
    }

    private string Place(string array, int place) => _writer.Long("mad.wide.u32", _strideBytes, PtxWriter.Number((uint)place), Address(array));

    private string Parameter(string name)
    {
        string value = _writer.Word();
        _writer.Write("ld.param.u32", value, $"[p_{name}]");
        return value;
    }

    // Bytes from a column of a matrix to the next.
    private string Stride(CellSource source) => Once($"{Name(source)}_stride", Parameter);

    // The address of the row's, or the next row's, value of a matrix' first column.
    private string Row(LoweredCell cell) =>
        Once($"{Name(cell.Source)}{(cell.IsNext ? " next" : "")}", _ => _writer.Long("add.u64", Address(Name(cell.Source)), cell.IsNext ? _nextOffset : _hereOffset));

    private static string Name(CellSource source) => source switch
    {
        CellSource.Main => "main",
        CellSource.Preprocessed => "preprocessed",
        _ => "lookup",
    };

    private string Once(string name, Func<string, string> make)
    {
        if (!_once.TryGetValue(name, out string? register)) _once.Add(name, register = make(name));
        return register;
    }

    // Of arrays of slots, that of the row's.
    private string Address(string name) => Once($"{name} address", _ =>
    {
        string generic = _writer.Long();
        _writer.Write("ld.param.u64", generic, $"[p_{name}]");
        string address = _writer.Long("cvta.to.global.u64", generic);
        return name is "carried" or "outputs" ? _writer.Long("add.u64", address, _rowOffset) : address;
    });
}
