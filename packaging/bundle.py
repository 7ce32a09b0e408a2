"""Assemble the executable, in the root that it is built in: `bundle.py FOLDER WHEEL REQUIREMENTS`.

It is Debian's interpreter, the standard library and the packages as bytecode, the shared libraries
that they need but for glibc, and a program that runs them. The bytecode of what has no data goes
into one zip, which Python reads first. Two runs give the same bytes.
"""

import compileall
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from importlib.metadata import Distribution, distributions
from pathlib import Path
from py_compile import PycInvalidationMode

STDLIB = Path("/usr/lib/python3.11")
LIBRARIES = Path("/usr/lib/x86_64-linux-gnu")
ABSENT = (
    *("__pycache__", "test", "tests", "idlelib", "tkinter", "turtledemo", "turtle.py", "lib2to3"),
    *("ensurepip", "distutils", "pydoc_data", "venv", "curses", "config-3.11-*", "LICENSE.txt"),
    *("_test*", "xx*", "_xx*", "nis.*", "ossaudiodev.*", "readline.*", "_curses*", "_dbm.*"),
    *("_crypt.*", "audioop.*", "sitecustomize.py", "EXTERNALLY-MANAGED"),
)
"""What the standard library holds and nothing here imports."""
UNUSED = (
    *("numpy/f2py", "numpy/distutils", "numpy/_core/lib", "numpy/_core/include"),
    *("numpy/_core/*_tests.*.so", "numpy/_core/_simd.*.so", "numpy/random", "numpy/fft"),
    *("numpy/ma", "numpy/polynomial", "numpy/testing", "fastapi_offline/static/redoc*"),
    *("PIL/_avif*", "PIL/_webp*", "PIL/_imagingft*", "PIL/_imagingcms*", "PIL/_imagingtk*"),
    *("lxml/includes", "lxml/objectify*", "lxml/isoschematron", "lxml/html/*diff*"),
    *("sqlalchemy/testing", "sqlalchemy/dialects/m*sql", "sqlalchemy/dialects/oracle"),
    *("tzdata/zoneinfo/[!EGU_]*", "reportlab/fonts", "reportlab/graphics/barcode"),
    *("sqlalchemy/dialects/*.txt", "urllib3/contrib/emscripten", "fastapi/.agents"),
    *("jsonschema/benchmarks", "pytz/zoneinfo", "dateutil/zoneinfo"),
    *("**/*.pyx", "**/*.pxd", "**/*.pxi", "**/*.pyi", "**/*.c", "**/*.h", "**/*.a", "**/*.sfd"),
    *("**/tests", "**/test", "**/__pycache__", "**/py.typed", "**/*.cfg", "bin"),
    *(
        "*.dist-info/RECORD",
        "*.dist-info/direct_url.json",
        "*.dist-info/sboms",
        "*.dist-info/INSTALLER",
    ),
)
"""What packages hold and nothing here reads."""
BESIDE_THEIR_FILES = ("spyne", "sge_sim", "os.pyc", "sitecustomize.pyc")
"""What looks at its own files; `os` is how Python finds its library."""
IMPORT_ALL = """
import importlib, pkgutil, sge_sim
for module in pkgutil.walk_packages(sge_sim.__path__, "sge_sim."):
    try:
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    except ModuleNotFoundError as error:
        if error.name not in ("pytest", "psycopg"):
            raise
"""
MAKE_TABLES = """
from sge_sim.mesures.communs import make_common_tables; make_common_tables()
from sge_sim.services.declared import declared_services; declared_services()
"""
GLIBC = re.compile(r"(ld-linux.*|lib(c|m|pthread|dl|rt|util|resolv))\.so\.\d+")
EXPECTED = ("libstdc++.so.6", "libgcc_s.so.1", "libz.so.1")
"""Libraries that wheels expect to find on any machine."""
HARDENED = ("-O2", "-Wall", "-Werror", "-fPIE", "-pie", "-D_FORTIFY_SOURCE=2", "-s")


def main(folder: Path, wheel: str, requirements: str) -> None:
    library, packages = folder / "lib" / "python3.11", folder / "lib" / "python3" / "dist-packages"
    install(packages, wheel, requirements)
    shutil.copytree(STDLIB, library, ignore=shutil.ignore_patterns(*ABSENT))
    keep_what_is_required(packages)
    for pattern in UNUSED:
        for path in sorted(packages.glob(pattern)):
            remove(path)
    use_reference_blas(packages / "numpy", packages / "numpy.libs")
    remove_orphans(packages)
    shutil.copy(Path(__file__).with_name("beside_the_zip.py"), library / "sitecustomize.py")
    compile_all(folder)
    zip_bytecode(folder / "lib" / "python311.zip", library, packages)
    python = folder / "bin" / "python3.11"
    python.parent.mkdir()
    shutil.copy2("/usr/bin/python3.11", python)
    for name in EXPECTED:
        run("patchelf", "--add-needed", name, python)
    copy_libraries(folder)
    # DT_RPATH, not DT_RUNPATH: it counts for what extension modules need, too.
    run("patchelf", "--force-rpath", "--set-rpath", "$ORIGIN/../lib", python)
    source = Path(__file__).with_name("launcher.c")
    run("gcc", *HARDENED, "-Wl,-z,relro,-z,now", "-o", folder / "sge-sim", source)
    run(python, "-I", "-B", "-c", IMPORT_ALL)
    run(python, "-I", "-B", "-c", MAKE_TABLES)  # nobody may write beside an installed program
    print(f"glibc {lowest_glibc(folder)} at least")


def install(packages: Path, wheel: str, requirements: str) -> None:
    pip = (sys.executable, "-m", "pip", "install", "-q", "--no-compile", "--target", packages)
    run(*pip, "--no-build-isolation", "--require-hashes", "-r", requirements)
    run(*pip, "--no-deps", wheel)


def keep_what_is_required(packages: Path) -> None:
    """Remove the packages that only building asked for."""
    found = {
        normalised(each.metadata["Name"]): each for each in distributions(path=[str(packages)])
    }
    required: set[str] = set()
    waiting = ["sge-sim"]
    while waiting:
        name = waiting.pop()
        if name in required or name not in found:
            continue
        required.add(name)
        waiting += [
            normalised(re.split(r"[^\w.-]", line)[0])
            for line in found[name].requires or ()
            if "extra ==" not in line
        ]
    for name in sorted(found.keys() - required):
        forget(packages, found[name])


def forget(packages: Path, distribution: Distribution) -> None:
    tops = {file.parts[0] for file in distribution.files or () if ".." not in file.parts}
    for top in tops:
        remove(packages / top)


def use_reference_blas(numpy: Path, libs: Path) -> None:
    """Put Debian's reference BLAS and LAPACK in the place of OpenBLAS, which is 25 MB.

    The simulator multiplies integers alone, for which numpy asks neither. The functions are the
    same (64-bit integers) under other names.
    """
    (openblas,) = libs.glob("libscipy_openblas64_*")
    names = sorted({name for path in numpy.rglob("*.so") for name in undefined(path, "scipy_")})
    lines = ['.section .note.GNU-stack,"",@progbits', ".text"]
    for name in names:
        plain = name.removeprefix("scipy_")
        plain = plain[:-3] if plain.startswith("cblas_") else plain[:-4] + "_"
        lines += [f".globl {name}", f".type {name},@function", f"{name}: jmp {plain}@PLT"]
    source = libs / "names.S"
    source.write_text("\n".join(lines) + "\n")
    openblas.unlink()
    run(
        *("gcc", "-shared", "-s", "-o", openblas, f"-Wl,-soname,{openblas.name}", source),
        *(LIBRARIES / "liblapack64_pic.a", "-Wl,--exclude-libs,ALL"),
        *("-Wl,--gc-sections", f"-L{LIBRARIES / 'blas64'}", "-lblas64", "-l:libgfortran.so.5"),
    )
    source.unlink()


def remove_orphans(packages: Path) -> None:
    """Remove the libraries of wheels that no module left needs, and the symbols for debuggers."""
    modules = sorted(packages.rglob("*.so"))
    bundled = {path.name: path for path in packages.glob("*.libs/*")}
    waiting = [path for path in modules if path not in bundled.values()]
    run("strip", "--strip-unneeded", *waiting)
    needed: set[str] = set()
    while waiting:
        new = set(needs(waiting.pop())) & bundled.keys() - needed
        needed |= new
        waiting += [bundled[name] for name in new]
    for name in bundled.keys() - needed:
        bundled[name].unlink()


def compile_all(folder: Path) -> None:
    """Put bytecode in the place of each source, with paths that don't say where it was made."""
    done = compileall.compile_dir(
        folder,
        quiet=1,
        legacy=True,
        stripdir=str(folder),
        prependdir="/sge-sim",
        invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
        maxlevels=30,
    )
    if not done:
        raise SystemExit("some files didn't compile")
    for source in folder.rglob("*.py"):
        source.unlink()


def zip_bytecode(archive: Path, *folders: Path) -> None:
    """Move the bytecode of modules and packages without data into `archive`."""
    moment = time.gmtime(int(os.environ["SOURCE_DATE_EPOCH"]))[:6]
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as zipped:
        folders_held: set[str] = set()
        for folder in folders:
            for top in sorted(folder.iterdir()):
                files = sorted(path for path in top.rglob("*") if path.is_file()) or [top]
                bytecode = [path for path in files if path.suffix == ".pyc"]
                data = {path.suffix for path in files} - {".pyc", ".so", ".txt"}
                if top.name in BESIDE_THEIR_FILES or data or top.suffix == ".so":
                    continue
                # A package without __init__ is found by the entry of its folder alone.
                for path in {parent for each in bytecode for parent in each.parents}:
                    if folder in path.parents:
                        folders_held.add(f"{path.relative_to(folder).as_posix()}/")
                for path in bytecode:
                    entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), moment)
                    entry.compress_type = zipfile.ZIP_DEFLATED
                    zipped.writestr(entry, path.read_bytes(), compresslevel=9)
                    path.unlink()
        for name in sorted(folders_held):
            zipped.writestr(zipfile.ZipInfo(name, moment), b"")
    run("find", *folders, "-type", "d", "-empty", "-delete")


def copy_libraries(folder: Path) -> None:
    """Copy what the interpreter and the modules need of the system, glibc excepted."""
    for binary in [folder / "bin" / "python3.11", *sorted(folder.rglob("*.so*"))]:
        environ = {**os.environ, "LD_LIBRARY_PATH": str(LIBRARIES / "blas64")}
        listed = subprocess.check_output(["ldd", binary], text=True, env=environ)
        for name, path in re.findall(r"^\s*(\S+) => (/\S+)", listed, re.MULTILINE):
            if not GLIBC.fullmatch(name) and not path.startswith(str(folder)):
                shutil.copy(path, folder / "lib" / name)
        missing = re.findall(r"^\s*(\S+) => not found", listed, re.MULTILINE)
        if missing:
            raise SystemExit(f"{binary} needs {missing}")


def lowest_glibc(folder: Path) -> str:
    """Return the version of glibc that the newest symbol asks for."""
    listed = "".join(
        subprocess.check_output(["objdump", "-T", path], text=True)
        for path in [folder / "sge-sim", folder / "bin" / "python3.11", *folder.rglob("*.so*")]
    )
    found = {tuple(map(int, each.split("."))) for each in re.findall(r"GLIBC_([\d.]+)", listed)}
    return ".".join(map(str, max(found)))


def needs(binary: Path) -> list[str]:
    listed = subprocess.check_output(["readelf", "-d", binary], text=True)
    return re.findall(r"\(NEEDED\).*\[(.+)\]", listed)


def undefined(binary: Path, prefix: str) -> list[str]:
    listed = subprocess.check_output(["nm", "-D", "--undefined-only", binary], text=True)
    return re.findall(rf"\b{prefix}\w+", listed)


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def run(*command: object) -> None:
    subprocess.run([str(part) for part in command], check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
