// Reads kernels that the package writes as text of PTX, and runs them. What it does not know, or what breaks the rules that such text is
// written by (registers declared, of the operand's type, written once and before they are read), makes no kernel.
#include "dialect.cuh"
#include "ptx.h"

#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <vector>

namespace emulator
{
namespace
{
enum class Op
{
    add, sub, minimum, mul_lo, mul_hi, shl, shr, conjunction, mad_lo, brev, mov, widen, shl_long, add_long, mul_wide, mad_wide, pack, unpack, global,
    setp_ge, branch, param_word, param_long, load_words, load_longs, store,
};

// Types of results and operands: r 32 bits, d 64 bits, p predicate, R and D several in braces, a address, n name of a parameter, l label.
struct Form
{
    const char *name;
    Op op;
    const char *results, *operands;
};

constexpr Form FORMS[] = {
    {"add.u32", Op::add, "r", "rr"}, {"sub.u32", Op::sub, "r", "rr"}, {"min.u32", Op::minimum, "r", "rr"}, {"mul.lo.u32", Op::mul_lo, "r", "rr"},
    {"mul.hi.u32", Op::mul_hi, "r", "rr"}, {"shl.b32", Op::shl, "r", "rr"}, {"shr.u32", Op::shr, "r", "rr"}, {"and.b32", Op::conjunction, "r", "rr"},
    {"mad.lo.u32", Op::mad_lo, "r", "rrr"}, {"brev.b32", Op::brev, "r", "r"}, {"mov.u32", Op::mov, "r", "r"}, {"cvt.u64.u32", Op::widen, "d", "r"},
    {"shl.b64", Op::shl_long, "d", "dr"}, {"add.u64", Op::add_long, "d", "dd"}, {"mul.wide.u32", Op::mul_wide, "d", "rr"}, {"mad.wide.u32", Op::mad_wide, "d", "rrd"},
    {"mov.b64", Op::pack, "d", "R"}, {"mov.b64", Op::unpack, "R", "d"}, {"cvta.to.global.u64", Op::global, "d", "d"}, {"setp.ge.u32", Op::setp_ge, "p", "rr"},
    {"@%p0 bra", Op::branch, "", "l"}, {"ld.param.u32", Op::param_word, "r", "n"}, {"ld.param.u64", Op::param_long, "d", "n"},
    {"ld.global.u32", Op::load_words, "r", "a"}, {"ld.global.nc.u32", Op::load_words, "r", "a"}, {"ld.global.nc.v2.u32", Op::load_words, "R", "a"},
    {"ld.global.nc.v4.u32", Op::load_words, "R", "a"}, {"ld.global.nc.u64", Op::load_longs, "d", "a"}, {"ld.global.nc.v2.u64", Op::load_longs, "D", "a"},
    {"st.global.u32", Op::store, "", "ar"},
};

// A register, or an immediate where it is negative: then the value is the offset's, as an address' is beside its register.
struct Operand
{
    int reg = -1;
    u64 value = 0;
};

struct Instruction
{
    Op op;
    std::vector<int> results;
    std::vector<Operand> operands;
};

enum Special { TID = 1 << 24, NTID, CTAID };

struct Program
{
    std::vector<Instruction> instructions;
    size_t words = 0, longs = 0;
    Kernel kernel;
};

struct Reader
{
    Program &program;
    std::map<std::string, int> parameters;
    std::vector<bool> word_written, long_written;
    bool has_predicate = false;

    static std::vector<std::string> split(const std::string &text)
    {
        std::vector<std::string> parts;
        std::string part;
        int depth = 0;
        for (char c : text)
        {
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (c == ',' && depth == 0) parts.push_back(part), part.clear();
            else if (c != ' ') part += c;
        }
        parts.push_back(part);
        return parts;
    }

    int reg(const std::string &text, char type, bool is_result)
    {
        if (type == 'p') return text == "%p0" && has_predicate ? 0 : -1;
        if (text.size() < 3 || text[0] != '%' || text[1] != type) return -1;
        size_t number = strtoul(text.c_str() + 2, nullptr, 10);
        std::vector<bool> &written = type == 'r' ? word_written : long_written;
        if (number >= written.size() || written[number] == is_result) return -1;
        if (is_result) written[number] = true;
        return (int)number;
    }

    bool results(const std::string &text, char type, std::vector<int> &found)
    {
        bool is_several = isupper(type);
        if (is_several != (text[0] == '{')) return false;
        for (const std::string &part : split(is_several ? text.substr(1, text.size() - 2) : text))
        {
            found.push_back(reg(part, (char)tolower(type), true));
            if (found.back() < 0) return false;
        }
        return true;
    }

    bool operand(const std::string &text, char type, std::vector<Operand> &found)
    {
        Operand made;
        switch (type)
        {
        case 'l': return text == "DONE";
        case 'n':
        {
            auto at = parameters.find(text.substr(1, text.size() - 2));
            if (at == parameters.end()) return false;
            made.value = at->second;
            break;
        }
        case 'a':
        {
            size_t plus = text.find('+');
            made.reg = reg(text.substr(1, (plus == std::string::npos ? text.size() - 1 : plus) - 1), 'd', false);
            if (made.reg < 0 || text[0] != '[' || text.back() != ']') return false;
            if (plus != std::string::npos) made.value = strtoull(text.c_str() + plus + 1, nullptr, 10);
            break;
        }
        case 'R':
            if (text[0] != '{') return false;
            for (const std::string &part : split(text.substr(1, text.size() - 2)))
                if (!operand(part, 'r', found) || found.back().reg < 0) return false;
            return true;
        default:
            if (text == "%tid.x") made.reg = TID;
            else if (text == "%ntid.x") made.reg = NTID;
            else if (text == "%ctaid.x") made.reg = CTAID;
            else if (isdigit(text[0])) made.value = strtoull(text.c_str(), nullptr, 10);
            else if ((made.reg = reg(text, type, false)) < 0) return false;
        }
        found.push_back(made);
        return true;
    }

    bool line(const std::string &name, const std::string &rest)
    {
        std::vector<std::string> parts = split(rest);
        for (const Form &form : FORMS)
        {
            size_t results_count = strlen(form.results), operands_count = strlen(form.operands);
            if (name != form.name || parts.size() != results_count + operands_count) continue;
            if (name == "mov.b64" && (parts[0][0] == '{') != (form.op == Op::unpack)) continue;
            Instruction made{form.op, {}, {}};
            // Operands first: an instruction does not read what it writes.
            for (size_t i = 0; i < operands_count; i++)
                if (!operand(parts[results_count + i], form.operands[i], made.operands)) return false;
            if (results_count != 0 && !results(parts[0], form.results[0], made.results)) return false;
            program.instructions.push_back(made);
            return true;
        }
        return false;
    }
};

thread_local std::vector<u32> words;
thread_local std::vector<u64> longs;

u32 word(const Operand &operand)
{
    switch (operand.reg)
    {
    case -1: return (u32)operand.value;
    case TID: return place.thread_x;
    case NTID: return place.block_size;
    case CTAID: return place.block_x;
    default: return words[operand.reg];
    }
}

u64 address(const Operand &operand, size_t alignment)
{
    u64 at = longs[operand.reg] + operand.value;
    // A device faults.
    if (at % alignment != 0) abort();
    return at;
}

void execute(void *function, void **arguments)
{
    const Program &program = *static_cast<Program *>(function);
    words.resize(std::max(words.size(), program.words));
    longs.resize(std::max(longs.size(), program.longs));
    bool predicate = false;
    for (const Instruction &i : program.instructions)
    {
        auto r = [&](size_t n) { return word(i.operands[n]); };
        auto d = [&](size_t n) { return i.operands[n].reg < 0 ? i.operands[n].value : longs[i.operands[n].reg]; };
        auto put = [&](u32 value) { words[i.results[0]] = value; };
        auto put_long = [&](u64 value) { longs[i.results[0]] = value; };
        switch (i.op)
        {
        case Op::add: put(r(0) + r(1)); break;
        case Op::sub: put(r(0) - r(1)); break;
        case Op::minimum: put(std::min(r(0), r(1))); break;
        case Op::mul_lo: put(r(0) * r(1)); break;
        case Op::mul_hi: put(mul_hi(r(0), r(1))); break;
        case Op::shl: put(r(1) > 31 ? 0 : r(0) << r(1)); break;
        case Op::shr: put(r(1) > 31 ? 0 : r(0) >> r(1)); break;
        case Op::conjunction: put(r(0) & r(1)); break;
        case Op::mad_lo: put(r(0) * r(1) + r(2)); break;
        case Op::brev: put(reverse_bits(r(0))); break;
        case Op::mov: put(r(0)); break;
        case Op::widen: put_long(r(0)); break;
        case Op::shl_long: put_long(d(0) << r(1)); break;
        case Op::add_long: put_long(d(0) + d(1)); break;
        case Op::mul_wide: put_long((u64)r(0) * r(1)); break;
        case Op::mad_wide: put_long((u64)r(0) * r(1) + d(2)); break;
        case Op::pack: put_long(r(0) | (u64)r(1) << 32); break;
        case Op::unpack: words[i.results[1]] = (u32)(d(0) >> 32); put((u32)d(0)); break;
        case Op::global: put_long(d(0)); break;
        case Op::setp_ge: predicate = r(0) >= r(1); break;
        case Op::branch: if (predicate) return; break;
        case Op::param_word: put(*static_cast<u32 *>(arguments[i.operands[0].value])); break;
        case Op::param_long: put_long(*static_cast<u64 *>(arguments[i.operands[0].value])); break;
        case Op::load_words:
            for (size_t n = 0; n < i.results.size(); n++) words[i.results[n]] = reinterpret_cast<const u32 *>(address(i.operands[0], 4 * i.results.size()))[n];
            break;
        case Op::load_longs:
            for (size_t n = 0; n < i.results.size(); n++) longs[i.results[n]] = reinterpret_cast<const u64 *>(address(i.operands[0], 8 * i.results.size()))[n];
            break;
        case Op::store: *reinterpret_cast<u32 *>(address(i.operands[0], 4)) = r(1); break;
        }
    }
}

bool read(const std::string &image, const std::string &name, Program &program)
{
    size_t at = image.find(".entry " + name + "("), end = image.find("\n}\n", at);
    if (at == std::string::npos || end == std::string::npos || image.rfind(".version 6.0\n.target sm_70\n.address_size 64\n", 0) != 0) return false;
    Reader reader{program, {}, {}, {}, false};
    unsigned threads = 0, count = 0;
    bool is_done = false;
    for (size_t start = image.find('\n', at) + 1; start <= end; start = image.find('\n', start) + 1)
    {
        std::string line = image.substr(start, image.find('\n', start) - start);
        char parameter[64];
        if (sscanf(line.c_str(), "\t.param .u%*d %63[a-z_]", parameter) == 1) reader.parameters.emplace(parameter, (int)reader.parameters.size());
        else if (sscanf(line.c_str(), ".maxntid %u, 1, 1", &threads) == 1 || line == ")" || line == "{" || line == "}" || line == "" || line == ".minnctapersm 4") continue;
        else if (sscanf(line.c_str(), "\t.reg .pred %%p<%u>;", &count) == 1) reader.has_predicate = count == 1;
        else if (sscanf(line.c_str(), "\t.reg .b32 %%r<%u>;", &count) == 1) reader.word_written.resize(program.words = count);
        else if (sscanf(line.c_str(), "\t.reg .b64 %%d<%u>;", &count) == 1) reader.long_written.resize(program.longs = count);
        else if (line == "DONE:") is_done = true;
        else if (is_done && line == "\tret;") continue;
        else
        {
            size_t space = line.find(' ', line[1] == '@' ? 6 : 0);
            if (line[0] != '\t' || line.back() != ';' || space == std::string::npos || !reader.line(line.substr(1, space - 1), line.substr(space + 1, line.size() - space - 2)))
            {
                fprintf(stderr, "PTX: %s\n", line.c_str());
                return false;
            }
        }
    }
    program.kernel = {execute, &program, threads};
    return is_done && threads != 0;
}
}

const Kernel *read_ptx(const std::string &image, const std::string &name)
{
    static std::map<std::pair<std::string, std::string>, std::unique_ptr<Program>> programs;
    std::unique_ptr<Program> &program = programs[{image, name}];
    if (program == nullptr)
    {
        auto made = std::make_unique<Program>();
        if (!read(image, name, *made)) return nullptr;
        program = std::move(made);
    }
    return &program->kernel;
}
}
