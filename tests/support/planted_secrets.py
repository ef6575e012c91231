"""A name, dates and UIDs planted wherever DICOM may hold one, and where they come out again."""

import copy
import gzip

import pydicom

SECRET, SECRET_UID = "Zaubermann", "1.2.999.424242."
DATE, TIME, AGE = "19991231", "235959.987654", "099Y"
PLANTED = {"DA": DATE, "DT": DATE, "TM": TIME, "AS": AGE}
TEXT = ("AE", "AS", "CS", "DA", "DT", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UR", "UT")
# Without these a file is not what it is; what they may hold is the standard's, not the hospital's.
NEEDED = (
    *(
        "Modality",
        "SpecificCharacterSet",
        "PhotometricInterpretation",
        "ContourGeometricType",
        "ROIName",
        "DoseUnits",
    ),
    *("DoseSummationType", "DoseType", "SOPClassUID", "ReferencedSOPClassUID"),
)


def every_text_attribute():
    """A dataset of all text-valued attributes the standard knows, and of some sequences, with the secret in each."""
    full = pydicom.Dataset()
    for tag, (vr, _, _, retired, keyword) in pydicom.datadict.DicomDictionary.items():
        if tag >> 16 > 0x0004 and vr in TEXT and not retired and keyword not in NEEDED:
            full.add_new(tag, vr, PLANTED.get(vr, SECRET))
        elif (
            tag >> 16 > 0x0004
            and vr == "UI"
            and not retired
            and not keyword.endswith("SOPClassUID")
        ):
            full.add_new(tag, vr, f"{SECRET_UID}7{tag}")
    for keyword in (
        "RequestAttributesSequence",
        "OtherPatientIDsSequence",
        "ReferencedPatientSequence",
    ):
        item = pydicom.Dataset()
        item.PatientName, item.PatientID, item.PatientBirthDate, item.StudyInstanceUID = (
            SECRET,
            SECRET,
            DATE,
            SECRET_UID,
        )
        setattr(full, keyword, [item])
    block = full.private_block(0x0099, SECRET, create=True)
    for place, vr in enumerate(("PN", "LO", "SH", "ST", "LT", "UT", "DA", "TM", "UI"), start=1):
        block.add_new(place, vr, SECRET_UID if vr == "UI" else PLANTED.get(vr, SECRET))
    return full


def plant(dataset, uids):
    """Put the secret into every text-valued attribute that is there, and the secret root under every UID."""
    for element in list(dataset):
        if element.VR == "SQ":
            for item in element.value:
                plant(item, uids)
        elif element.VR == "UI" and element.keyword not in NEEDED:
            uids.setdefault(str(element.value), f"{SECRET_UID}{len(uids)}")
            element.value = uids[str(element.value)]
        elif element.VR in TEXT and element.keyword not in NEEDED:
            element.value = PLANTED.get(element.VR, SECRET)


def add_structure(dataset):
    """A second structure with the secret for a name."""
    for keyword in ("StructureSetROISequence", "ROIContourSequence"):
        copied = copy.deepcopy(getattr(dataset, keyword)[0])
        setattr(copied, "ROINumber" if "ROIName" in copied else "ReferencedROINumber", 77)
        if "ROIName" in copied:
            copied.ROIName = SECRET
        getattr(dataset, keyword).append(copied)


def plant_everywhere(folder):
    """Plant the secret in all DICOM files, name the slices as Eclipse does, add a structure at recurrence."""
    uids, full = {}, every_text_attribute()
    for path in sorted(folder.rglob("*.dcm")):
        dataset = pydicom.dcmread(path)
        plant(dataset, uids)
        for element in full:
            if element.tag not in dataset:
                dataset.add(element)
        if dataset.Modality == "RTSTRUCT" and path.stem.startswith("recurrence"):
            add_structure(dataset)
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        dataset.file_meta.SourceApplicationEntityTitle = SECRET
        path.unlink()
        dataset.save_as(
            path.with_name(f"MR.{dataset.SOPInstanceUID}.dcm") if dataset.Modality == "MR" else path
        )


def leaks(workspace, said, but=()):
    words = tuple(word.encode() for word in (SECRET, SECRET_UID, DATE, TIME))
    found = [f"terminal: {w}" for w in words if w in said.encode()]
    for folder in (workspace.folder / "results", workspace.folder / ".snakemake"):
        for path in folder.rglob("*"):
            found += [f"{path} (name)" for w in words if w.decode() in path.name]
            if path.is_file() and path not in but:
                data = sitk_bytes(path)
                found += [f"{path}: {w}" for w in words if w in data]
    return found


def sitk_bytes(path):
    if path.name.endswith(".gz"):
        return gzip.decompress(path.read_bytes())
    return path.read_bytes()
